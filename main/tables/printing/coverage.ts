/** Which bits of a key or value show in some column: what is left is padding, and would be lost in a table of cells. */
import type { Layout, LayoutNode } from "../layout.ts";

/** The bits that no column shows, as a mask of the layout's bytes; null where all of them show. */
export function paddingOf(layout: Layout): Uint8Array | null {
  const mask = new Uint8Array(layout.size).fill(0xff);
  for (const { node, offset } of layout.columns) cover(node, offset, mask, layout.littleEndian);
  return mask.some((byte) => byte !== 0) ? mask : null;
}

function cover(node: LayoutNode, offset: number, mask: Uint8Array, littleEndian: boolean): void {
  switch (node.kind) {
    case "field": {
      if (node.bitOffset === 0 && node.bitSize === node.size * 8) {
        mask.fill(0, offset, offset + node.size);
        return;
      }
      for (let bit = node.bitOffset; bit < node.bitOffset + node.bitSize; bit++) {
        const at = offset + (bit >> 3);
        mask[at] = (mask[at] ?? 0) & ~(littleEndian ? 1 << (bit & 7) : 0x80 >> (bit & 7));
      }
      return;
    }
    case "array":
      for (let index = 0; index < node.length; index++) {
        cover(node.element, offset + index * node.element.size, mask, littleEndian);
      }
      return;
    default:
      for (const member of node.members) cover(member.node, offset + member.offset, mask, littleEndian);
  }
}

/** The bytes with all but their padding taken out; null where that is zeros. */
export function paddingIn(mask: Uint8Array, bytes: Uint8Array, base: number): Uint8Array | null {
  let any = false;
  for (let index = 0; index < mask.length && !any; index++)
    any = ((bytes[base + index] ?? 0) & (mask[index] ?? 0)) !== 0;
  return any ? mask.map((byte, index) => byte & (bytes[base + index] ?? 0)) : null;
}
