/** Which processes hold a bpf_link open: by the link_id of /proc/PID/fdinfo. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface LinkHolder {
  readonly pid: number;
  readonly name: string;
}

/** Empty where nobody does (it is pinned), or where we may not look. */
export function linkHolders(link: number): LinkHolder[] {
  return quietly(() => readdirSync("/proc"), []).flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const holds = quietly(() => readdirSync(`/proc/${name}/fd`), []).some((fd) => isLink(name, fd, link));
    if (!holds) return [];
    return [{ pid: Number(name), name: quietly(() => readFileSync(`/proc/${name}/comm`, "utf8"), "").trim() }];
  });
}

function isLink(pid: string, fd: string, link: number): boolean {
  // "anon_inode:bpf_link", before Linux 5.8 "anon_inode:bpf-link"
  if (!/^anon_inode:\[?bpf[-_]link/.test(quietly(() => readlinkSync(`/proc/${pid}/fd/${fd}`), ""))) return false;
  const info = quietly(() => readFileSync(`/proc/${pid}/fdinfo/${fd}`, "utf8"), "");
  return Number(/^link_id:\s*(\d+)$/m.exec(info)?.[1]) === link;
}

/** Processes end while they are looked at. */
function quietly<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
