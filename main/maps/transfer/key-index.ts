/** Keys by their bytes: an open hash table of numbers, without a string a key. */
export interface KeyIndex {
  /** the entry with the key that is at `at` of `bytes`; -1 where there is none */
  find(bytes: Uint8Array, at: number): number;
  /** as find, and the key is entry `entry` from now on where there was none */
  put(bytes: Uint8Array, at: number, entry: number): number;
}

export interface Keys {
  readonly keys: Uint8Array;
  readonly keySize: number;
  readonly count: number;
}

/**
 * `source` may grow while keys are put; `expected` is how many at most. `trie`: keys of an LPM trie are the same where their
 * lengths are, and the bits that these count.
 */
export function createKeyIndex(source: Keys, expected: number, trie: boolean): KeyIndex {
  const { keySize } = source;
  let slots = 16;
  while (slots < expected * 2) slots *= 2;
  const table = new Int32Array(slots).fill(-1);
  const mask = slots - 1;

  const same = (bytes: Uint8Array, at: number, entry: number): boolean => {
    const { keys } = source;
    const own = entry * keySize;
    if (!trie) {
      for (let each = 0; each < keySize; each++) if (keys[own + each] !== bytes[at + each]) return false;
      return true;
    }
    for (let each = 0; each < 4; each++) if (keys[own + each] !== bytes[at + each]) return false;
    const bits = Math.min((keySize - 4) * 8, lengthOf(bytes, at));
    const whole = 4 + (bits >> 3);
    for (let each = 4; each < whole; each++) if (keys[own + each] !== bytes[at + each]) return false;
    const rest = bits & 7;
    if (rest === 0) return true;
    const kept = (0xff << (8 - rest)) & 0xff;
    return ((keys[own + whole] as number) & kept) === ((bytes[at + whole] as number) & kept);
  };
  const slotOf = (bytes: Uint8Array, at: number): number => {
    for (let slot = hashOf(bytes, at, keySize, trie) & mask; ; slot = (slot + 1) & mask) {
      const entry = table[slot] as number;
      if (entry < 0 || same(bytes, at, entry)) return slot;
    }
  };
  return {
    find: (bytes, at) => table[slotOf(bytes, at)] as number,
    put(bytes, at, entry) {
      const slot = slotOf(bytes, at);
      const known = table[slot] as number;
      if (known < 0) table[slot] = entry;
      return known;
    },
  };
}

function hashOf(bytes: Uint8Array, at: number, keySize: number, trie: boolean): number {
  let value = 0x811c9dc5;
  const end = trie ? 4 + Math.min(keySize - 4, lengthOf(bytes, at) >> 3) : keySize;
  for (let each = 0; each < end; each++) value = Math.imul(value ^ (bytes[at + each] as number), 0x01000193);
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return value ^ (value >>> 13);
}

/** prefixlen of struct bpf_lpm_trie_key, in the machine's order */
export function lengthOf(bytes: Uint8Array, at: number): number {
  const first = littleEndian ? at : at + 3;
  const step = littleEndian ? 1 : -1;
  return (
    ((bytes[first] as number) |
      ((bytes[first + step] as number) << 8) |
      ((bytes[first + step * 2] as number) << 16) |
      ((bytes[first + step * 3] as number) << 24)) >>>
    0
  );
}

export const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
