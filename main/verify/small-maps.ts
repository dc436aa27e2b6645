/**
 * A dry run needs its maps only for the verifier to look at, so the large ones are made small: ten million entries of a
 * hash take 3 s and 1.5 GB. What the verifier takes from a map are its type, key and value size, flags and BTF; of
 * max_entries it looks at those of arrays alone (kernel/bpf/verifier.c, Linux 6.18):
 * - ARRAY and PERCPU_ARRAY: since 6.14 a lookup with a constant key under max_entries cannot be NULL
 *   (get_constant_map_key); direct access wants max_entries of 1; and an array in a map of maps has to be as large as its
 *   template (array_map_meta_equal).
 * - PROG_ARRAY, DEVMAP, CPUMAP, XSKMAP: pointers only, small as they are.
 * - HASH, LRU_HASH, their per-CPU kinds, DEVMAP_HASH, QUEUE, STACK, RINGBUF: never.
 */
import type { LoadSettings } from "../../protocol/attach.ts";
import type { ObjectMap } from "../object/describe-maps.ts";

type SizedMap = Pick<ObjectMap, "name" | "typeNumber" | "maxEntries" | "inner">;

/** Numbers of enum bpf_map_type (include/uapi/linux/bpf.h). */
const hashes: ReadonlySet<number> = new Set([1, 5, 9, 10, 22, 23, 25]);
const arrays: ReadonlySet<number> = new Set([2, 6]);
const rings: ReadonlySet<number> = new Set([27, 31]);

const smallHash = 64;
/** more than what fits into a byte, so that the machine code has the length that it will have */
const smallArray = 512;
/** libbpf makes it a page where a page is more */
const smallRing = 4096;
/** above, the kernel refuses some for their number alone: it shall say so */
const largestShrunk = 2 ** 27;

export interface SmallMaps {
  readonly settings: LoadSettings | undefined;
  /** an array is among them: what is rejected may be accepted as declared */
  readonly arrays: boolean;
}

/** `settings`: what the user set; `without` keeps arrays as they are. */
export function smallMaps(
  maps: readonly SizedMap[],
  settings: LoadSettings | undefined,
  without: "arrays" | null = null,
): SmallMaps {
  const given = new Map(settings?.maxEntries.map(({ name, entries }) => [name, entries]));
  const reused = new Set(settings?.reuse.map(({ name }) => name));
  const withArrays = without === null && maps.every(({ inner }) => inner === null);
  let hasArrays = false;
  for (const { name, typeNumber, maxEntries } of maps) {
    const entries = given.get(name) ?? maxEntries;
    const least = smallest(typeNumber, withArrays);
    const refused = entries > largestShrunk && !rings.has(typeNumber);
    if (least === null || entries <= least || refused || reused.has(name)) continue;
    given.set(name, least);
    hasArrays ||= arrays.has(typeNumber);
  }
  if (given.size === 0) return { settings, arrays: false };
  const maxEntries = [...given].map(([name, entries]) => ({ name, entries }));
  return { settings: { reuse: [], sections: [], ...settings, maxEntries }, arrays: hasArrays };
}

function smallest(type: number, withArrays: boolean): number | null {
  if (hashes.has(type)) return smallHash;
  if (rings.has(type)) return smallRing;
  return withArrays && arrays.has(type) ? smallArray : null;
}
