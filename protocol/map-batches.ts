/** attachment ─maps▶ rows, many at once: what main asks of the elevated helper to read, write and delete whole tables */
import * as z from "zod";
import { base64, bytesBeside, id, u32 } from "./wire.ts";

/**
 * A walk through all entries. Ask for several pages at once: they come in the order asked for, and the kernel reads while
 * others are on their way.
 */
export const mapWalkParams = z.strictObject({
  id,
  /** entries a page: a wish, as for maps.page */
  count: z.number().int().min(1).max(65536),
});
export const mapWalkPage = z.strictObject({
  /** count * keySize bytes: the length is checked by who reads them */
  keys: bytesBeside,
  /** count * valueStride bytes */
  values: bytesBeside,
  count: u32,
  /** no entries come after these */
  last: z.boolean(),
});
export type MapWalkPage = z.infer<typeof mapWalkPage>;
/**
 * Many entries that are new: each added (BPF_NOEXIST) or found there already, which is told. Answered as a change is
 * (changes.ts); what the kernel took is not read back.
 */
export const mapAddBatchParams = z.strictObject({
  id,
  /** count * keySize bytes; of another length it is refused */
  keys: bytesBeside,
  /** count * valueStride bytes, as pages carry them */
  values: bytesBeside,
  count: u32,
  /** the map was empty a moment ago and nobody else has it: the kernel's batches, half as long, which overwrite */
  fill: z.boolean(),
});
/** Who answers for an address in an LPM trie: the key is one of the map, with the address and the longest length to try. */
export const mapMatchParams = z.strictObject({ id, key: base64 });
export const mapMatch = z.strictObject({
  /** the value that a look-up by the kernel gives; null where nothing matches */
  value: base64.nullable(),
  /** the length of the entry that matches; null where nothing does */
  prefixLength: u32.nullable(),
});
