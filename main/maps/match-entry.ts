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
  description: MapDescription,
  key: Buffer,
  entries: () => Promise<Keys>,
  token?: CancellationToken,
): Promise<MatchedEntry | null> {
  return matchEntryBy(peer, description, key, async () => longestThatMatches(await entries(), key), token);
}

/** @param longest the length of the longest entry that matches, where the kernel does not tell */
export async function matchEntryBy(
  peer: ElevatedPeer,
  { map }: MapDescription,
  key: Buffer,
  longest: () => Promise<number>,
  token?: CancellationToken,
): Promise<MatchedEntry | null> {
  const { value, prefixLength } = await peer.request("maps.match", { id: map.id, key: key.toString("base64") }, token);
  if (value === null) return null;
  return { key: maskedKey(key, prefixLength ?? (await longest())), value: Buffer.from(value, "base64") };
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

/** The length of the longest entry that an address is in; 0 where it is in none. */
export function longestThatMatches({ keys, keySize, count }: Keys, key: Uint8Array): number {
  const most = lengthOf(key, 0);
  let best = 0;
  for (let entry = 0; entry < count; entry++) {
    const at = entry * keySize;
    const length = lengthOf(keys, at);
    if (length > best && length <= most && hasPrefix(keys, at, key, length)) best = length;
  }
  return best;
}

/** The entry with that length and address among those that were read, as it keeps its key; -1 where it is not there. */
export function entryOfPrefix({ keys, keySize, count }: Keys, prefix: Uint8Array): number {
  const length = lengthOf(prefix, 0);
  for (let entry = 0; entry < count; entry++) {
    const at = entry * keySize;
    if (lengthOf(keys, at) === length && hasPrefix(keys, at, prefix, length)) return entry;
  }
  return -1;
}

/** Whether the address of the key there begins with as many bits of the other one's. */
function hasPrefix(keys: Uint8Array, at: number, other: Uint8Array, length: number): boolean {
  const whole = 4 + (length >> 3);
  const rest = (0xff00 >> (length & 7)) & 0xff;
  if (rest !== 0 && (((keys[at + whole] ?? 0) ^ (other[whole] ?? 0)) & rest) !== 0) return false;
  for (let byte = 4; byte < whole; byte++) if (keys[at + byte] !== other[byte]) return false;
  return true;
}
