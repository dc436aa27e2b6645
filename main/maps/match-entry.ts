/** Which entry of an LPM trie answers for an address. The kernel is asked. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { MapDescription } from "../../protocol/maps.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { type Keys, lengthOf, littleEndian } from "./transfer/key-index.ts";

export interface MatchedEntry {
  /** the entry's own length, and the address without the bits beyond it */
  readonly key: Buffer;
  readonly value: Buffer;
}

/**
 * `key`: the address, with the longest length to try. `entries` are read where the kernel's walk does not tell the length:
 * before 6.13 it does not always. Null where nothing matches.
 */
export async function matchEntry(
  peer: ElevatedPeer,
  { map }: MapDescription,
  key: Buffer,
  entries: () => Promise<Keys>,
  token?: CancellationToken,
): Promise<MatchedEntry | null> {
  const { value, prefixLength } = await peer.request("maps.match", { id: map.id, key: key.toString("base64") }, token);
  if (value === null) return null;
  const length = prefixLength ?? longestThatMatches(key, await entries());
  return { key: maskedKey(key, length), value: Buffer.from(value, "base64") };
}

/** The address with the length of the entry: what the entry keeps behind its length matters to nobody. */
function maskedKey(key: Buffer, length: number): Buffer {
  const entry = Buffer.from(key);
  new DataView(entry.buffer, entry.byteOffset, 4).setUint32(0, length, littleEndian);
  for (let bit = length; bit < (entry.length - 4) * 8; bit++) {
    const at = 4 + (bit >> 3);
    entry[at] = (entry[at] ?? 0) & ~(0x80 >> (bit & 7));
  }
  return entry;
}

function longestThatMatches(key: Buffer, { keys, keySize, count }: Keys): number {
  let best = -1;
  for (let entry = 0; entry < count; entry++) {
    const length = lengthOf(keys, entry * keySize);
    if (length <= best || length > lengthOf(key, 0)) continue;
    const candidate = Buffer.from(keys.subarray(entry * keySize, (entry + 1) * keySize));
    if (maskedKey(candidate, length).equals(maskedKey(key, length))) best = length;
  }
  return Math.max(best, 0);
}

/** The entry with that length and address among those that were read, as it keeps its key; -1 where it is not there. */
export function entryOfPrefix({ keys, keySize, count }: Keys, prefix: Buffer): number {
  const length = lengthOf(prefix, 0);
  const whole = 4 + (length >> 3);
  const rest = (0xff00 >> (length & 7)) & 0xff;
  for (let entry = 0; entry < count; entry++) {
    const at = entry * keySize;
    if (lengthOf(keys, at) !== length) continue;
    let same = rest === 0 || ((keys[at + whole] ?? 0) & rest) === prefix[whole];
    for (let byte = 4; same && byte < whole; byte++) same = keys[at + byte] === prefix[byte];
    if (same) return entry;
  }
  return -1;
}
