/** Maps in the form of before libbpf 1.0, `struct bpf_map_def SEC("maps")`, and what turns each into a BTF-defined map. */
import * as z from "zod";
import { sourceText, u32 } from "./wire.ts";

/** UTF-16 units of the text; `end` is behind the last unit that `text` replaces */
export const legacyEdit = z.strictObject({ start: u32, end: u32, text: z.string() });
export type LegacyEdit = z.infer<typeof legacyEdit>;

export const legacyMap = z.strictObject({
  name: z.string(),
  /** of the name, 1-based; the column in bytes, as compilers count */
  line: u32,
  column: u32,
  /** the whole definition, in UTF-16 units */
  start: u32,
  end: u32,
  /** it can be turned into the other form; else `explanation` says why not */
  converts: z.boolean(),
  explanation: z.string(),
  /** for this map alone, in order */
  edits: z.array(legacyEdit),
});
export type LegacyMap = z.infer<typeof legacyMap>;

export const legacyMaps = z.strictObject({
  maps: z.array(legacyMap),
  /** for all of them that convert, in order, none over another */
  edits: z.array(legacyEdit),
});
export type LegacyMaps = z.infer<typeof legacyMaps>;

export const convertLegacyMapsParams = z.strictObject({ text: sourceText });
