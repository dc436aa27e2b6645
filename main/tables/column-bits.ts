/** Which bits of a value are those of some of its columns. */
import type { Layout, LayoutColumn } from "./layout.ts";

/** One byte a byte of the value. */
export function bitsOfColumns(
  { columns, size, littleEndian }: Layout,
  of: (column: LayoutColumn) => boolean,
): Uint8Array {
  const bits = new Uint8Array(size);
  for (const column of columns) {
    if (!of(column)) continue;
    const { node, offset } = column;
    if (node.kind !== "field" || (node.bitOffset === 0 && node.bitSize === node.size * 8)) {
      bits.fill(0xff, offset, offset + node.size);
      continue;
    }
    for (let bit = node.bitOffset; bit < node.bitOffset + node.bitSize; bit++) {
      const mask = littleEndian ? 1 << (bit & 7) : 0x80 >> (bit & 7);
      bits[offset + (bit >> 3)] = (bits[offset + (bit >> 3)] ?? 0) | mask;
    }
  }
  return bits;
}

const counters =
  /(^|[._])(rx_|tx_)?(packets|pkts|bytes|octets|hits|drops|dropped|errors|counter|count|seen|last_seen|last_used|updated|age|timestamp)$/i;

/** Whether programs count in it, or keep a time: by its name, or its format. What it has says nothing of where packets go. */
export function counts({ path, node }: LayoutColumn): boolean {
  return counters.test(path) || (node.kind === "field" && node.form.as === "boot-time");
}
