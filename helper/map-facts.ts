/** What the kernel tells of a map in /proc/self/fdinfo only: bpf_map_show_fdinfo() of kernel/bpf/syscall.c. */
import { readFileSync } from "node:fs";
import { programTypeName } from "./kernel-names.ts";
import type { MapHandle } from "./native/map-face.ts";

export interface MapFacts {
  /** bytes; null on kernels that do not tell */
  readonly memory: string | null;
  readonly frozen: boolean;
  /** of the programs of a program array */
  readonly ownerType: string | null;
}

export const frozenWords = "it is frozen: no system call writes to it any more, for as long as it lives";

export function parseMapFacts(text: string): MapFacts {
  const field = (name: string): string | null => new RegExp(`^${name}:\\s*(\\d{1,20})$`, "m").exec(text)?.[1] ?? null;
  const owner = field("owner_prog_type");
  return {
    memory: field("memlock"),
    frozen: field("frozen") === "1",
    ownerType: owner === null || owner === "0" ? null : programTypeName(Number(owner)),
  };
}

export function readMapFacts({ fd }: Pick<MapHandle, "fd">): MapFacts {
  try {
    return parseMapFacts(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"));
  } catch {
    // no /proc: nothing is known
    return { memory: null, frozen: false, ownerType: null };
  }
}
