/** Where a key that is a prefix has its address and its length: keys of LPM tries, and of hashes made alike. */
import type { MapLayout } from "../../tables/describe-map.ts";
import type { LayoutColumn } from "../../tables/layout.ts";

/** Plain data. */
export interface PrefixShape {
  /** in a trie the kernel looks for the longest; in a hash the program tries one length after the other */
  readonly kind: "trie" | "hash";
  /** bytes from the key's start */
  readonly addressAt: number;
  readonly addressSize: 4 | 16;
  readonly lengthAt: number;
  readonly lengthSize: number;
  readonly lengthLittle: boolean;
}

const hashes = /^(lru_)?(percpu_)?hash$/;
const lengthNames = /^(prefix_?len(gth)?|p?len|length|mask_?len|masklen|bits|prefix|mask)$/i;

/** Null where keys are no prefixes of IPv4 or IPv6 addresses. */
export function prefixShape({ type, key }: MapLayout): PrefixShape | null {
  if (type === "lpm_trie") {
    const { root } = key;
    if (root.kind !== "struct" || !root.prefix || (root.size !== 8 && root.size !== 20)) return null;
    const addressSize = root.size === 8 ? 4 : 16;
    return { kind: "trie", addressAt: 4, addressSize, lengthAt: 0, lengthSize: 4, lengthLittle: key.littleEndian };
  }
  if (!hashes.test(type) || key.columns.length !== 2) return null;
  const address = key.columns.find(({ node }) => node.kind === "field" && /^ipv[46]$/.test(node.form.as));
  const length = key.columns.find((column) => column !== address && isLength(column));
  if (address === undefined || length?.node.kind !== "field" || length.node.form.as !== "integer") return null;
  return {
    kind: "hash",
    addressAt: address.offset,
    addressSize: address.node.size === 4 ? 4 : 16,
    lengthAt: length.offset,
    lengthSize: length.node.size,
    lengthLittle: key.littleEndian && !length.node.form.network,
  };
}

function isLength({ path, node }: LayoutColumn): boolean {
  if (node.kind !== "field" || node.form.as !== "integer" || node.form.signed) return false;
  const name = path.slice(path.lastIndexOf(".") + 1);
  return node.bitOffset === 0 && node.bitSize === node.size * 8 && node.size <= 4 && lengthNames.test(name);
}
