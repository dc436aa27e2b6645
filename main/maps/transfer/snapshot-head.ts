/** What a snapshot says of the map that it was taken of: its first line. */
import * as z from "zod";

export interface SnapshotHead {
  readonly taken: string;
  readonly possibleCpus: number;
  readonly map: {
    readonly id: number;
    readonly name: string;
    readonly type: string;
    readonly keySize: number;
    readonly valueSize: number;
    readonly maxEntries: number;
    readonly flags: number;
  };
}

const size = z.number().int().min(0).max(0xffff_ffff);
const head = z.object({
  snapshot: z.literal(1),
  taken: z.string(),
  possible_cpus: z.number().int().min(1).max(65_536),
  map: z.object({
    ...{ id: size, name: z.string(), type: z.string() },
    ...{ key_size: size, value_size: size, max_entries: size, flags: size },
  }),
});

/** Null for any other text. */
export function snapshotHeadOf(text: Uint8Array): SnapshotHead | null {
  const line = Buffer.from(text.subarray(0, 4096)).toString("utf8").split("\n", 1)[0] ?? "";
  const mark = ',"entries":[';
  if (!line.endsWith(mark)) return null;
  let value: unknown;
  try {
    value = JSON.parse(`${line.slice(0, -mark.length)}}`);
  } catch {
    return null;
  }
  const checked = head.safeParse(value);
  if (!checked.success) return null;
  const { taken, possible_cpus, map } = checked.data;
  const { key_size, value_size, max_entries, ...rest } = map;
  const sizes = { keySize: key_size, valueSize: value_size, maxEntries: max_entries };
  return { taken, possibleCpus: possible_cpus, map: { ...rest, ...sizes } };
}
