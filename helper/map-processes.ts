/** Which processes have which maps open: by the map_id of /proc/PID/fdinfo. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface MapProcess {
  readonly pid: number;
  readonly name: string;
}

/**
 * This process aside: what it has open for a moment is no use of the map. `pause` is awaited between descriptors, so that a
 * long list holds nobody up.
 */
export async function mapProcesses(pause: () => Promise<void>): Promise<ReadonlyMap<number, readonly MapProcess[]>> {
  const found = new Map<number, MapProcess[]>();
  for (const name of quietly(() => readdirSync("/proc"), [])) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const maps = new Set<number>();
    for (const fd of quietly(() => readdirSync(`/proc/${name}/fdinfo`), [])) {
      await pause();
      const id = mapBehind(name, fd);
      if (id !== null) maps.add(id);
    }
    if (maps.size === 0) continue;
    const command = quietly(() => readFileSync(`/proc/${name}/comm`, "utf8"), "").trim();
    for (const id of maps) found.set(id, [...(found.get(id) ?? []), { pid: Number(name), name: command }]);
  }
  return found;
}

function mapBehind(pid: string, fd: string): number | null {
  // of another user's process the links are not shown, but what is behind them is
  const link = quietly(() => readlinkSync(`/proc/${pid}/fd/${fd}`), null);
  // "anon_inode:bpf-map"
  if (link !== null && !/^anon_inode:\[?bpf[-_]map/.test(link)) return null;
  const info = quietly(() => readFileSync(`/proc/${pid}/fdinfo/${fd}`, "utf8"), "");
  const id = /^map_id:\s*(\d{1,10})$/m.exec(info)?.[1];
  return id === undefined ? null : Number(id);
}

/** Processes end while they are looked at. */
function quietly<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
