/** What is attached to one interface, in every mode and whoever did it. Call inside its namespace. */
import { readFileSync } from "node:fs";
import type { AttachedInFull } from "../../protocol/interface-details.ts";
import { hasCode } from "../failures.ts";
import { mapTypeName } from "../kernel-names.ts";
import type { LinkInfo, NativeFace, ProgramInfo } from "../native/face.ts";
import { attachedProgram } from "../programs.ts";
import { dispatcherName, parseDispatcherConfig } from "./dispatcher.ts";
import type { Link } from "./links.ts";

const tracing = 2; // BPF_LINK_TYPE_TRACING

export function attachedInFull(native: NativeFace, link: Link): AttachedInFull[] {
  if (link.attached.length === 0) return [];
  const links = allLinks(native);
  return link.attached.map(({ mode, programId }) => {
    const bare = { mode, id: programId, name: "", tag: "", jited: false, loadTime: "0" };
    const info = quietly(() => native.programInfo(programId));
    if (info === null) return { program: bare, by: null, linkId: null, more: null };
    const own = links?.find((one) => one.ifindex === link.ifindex && one.programId === programId);
    return {
      program: attachedProgram(mode, info),
      by: links === null ? null : own === undefined ? "netlink" : "link",
      linkId: own?.id ?? null,
      more: {
        uid: info.uid,
        user: userName(info.uid),
        loadedAt: wallTime(info.loadTime),
        xlatedBytes: info.xlatedLength,
        jitedBytes: info.jitedLength,
        maps: info.mapIds.flatMap((id) => {
          const map = quietly(() => native.mapInfo(id));
          return map === null ? [] : [{ id, name: map.name, type: mapTypeName(map.type) }];
        }),
        dispatcher: info.name === dispatcherName ? readDispatcher(native, info, links ?? []) : null,
      },
    };
  });
}

/** null without the privilege to see any */
function allLinks(native: NativeFace): LinkInfo[] | null {
  const ids = quietly(() => native.linkIds());
  return ids?.flatMap((id) => quietly(() => native.linkInfo(id)) ?? []) ?? null;
}

function readDispatcher(
  native: NativeFace,
  info: ProgramInfo,
  links: readonly LinkInfo[],
): NonNullable<AttachedInFull["more"]>["dispatcher"] {
  const config = info.mapIds
    .map((id) => quietly(() => readFirst(native, id)))
    .flatMap((bytes) => {
      const parsed = bytes === null ? null : parseDispatcherConfig(bytes);
      return parsed === null ? [] : [parsed];
    })[0];
  if (config === undefined) return null;
  // its functions prog0, prog1, … follow each other in its BTF
  const members = links
    .filter((one) => one.type === tracing && one.targetProgramId === info.id)
    .toSorted((one, other) => (one.targetFunctionId ?? 0) - (other.targetFunctionId ?? 0));
  return {
    version: config.version,
    fragments: config.fragments,
    programs: config.slots.map(({ priority, goesOnAfter }, index) => {
      // where one is missing, nobody can say which
      const id = members.length === config.slots.length ? (members[index]?.programId ?? null) : null;
      const member = id === null ? null : quietly(() => native.programInfo(id));
      return { id, name: member?.name ?? null, tag: member?.tag ?? null, priority, goesOnAfter: [...goesOnAfter] };
    }),
  };
}

/** the value of the only entry of a .rodata map */
function readFirst(native: NativeFace, id: number): Buffer | null {
  if (!native.mapInfo(id).name.endsWith(".rodata")) return null;
  const map = native.openMap(id);
  try {
    return map.lookup(Buffer.alloc(4));
  } finally {
    map.close();
  }
}

/** null where it ended meanwhile, or we may not look */
function quietly<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (hasCode(error, "EPERM", "EACCES", "ENOENT")) return null;
    throw error;
  }
}

/** ms since 1970 of a moment on the clock that stands while the machine sleeps not (CLOCK_BOOTTIME) */
function wallTime(sinceBoot: bigint): number {
  const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1000;
  return Math.round(Date.now() - uptime + Number(sinceBoot / 1_000_000n));
}

function userName(uid: number): string | null {
  try {
    const line = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .find((one) => one.split(":")[2] === String(uid));
    return line?.split(":")[0] ?? null;
  } catch {
    return null;
  }
}
