import type { MapLayout } from "./describe-map.ts";
import { readBits } from "./field-bits.ts";

/** enum xdp_action of linux/bpf.h. */
const actions = ["XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT"] as const;

/**
 * What an index stands for, as a hint beside the number: an XDP program's array of exactly five entries is indexed by
 * its action. Null for all other maps and keys.
 */
export function keyLabel(map: MapLayout, key: Uint8Array, usedByXdp: boolean): string | null {
  if (!usedByXdp || map.maxEntries !== actions.length || map.key.size !== 4 || key.length !== 4) return null;
  if (map.type !== "array" && map.type !== "percpu_array") return null;
  const { root } = map.key;
  if (root.kind !== "field" || root.form.as !== "integer") return null;
  return actions[Number(readBits(root, key, 0, map.key.littleEndian))] ?? null;
}
