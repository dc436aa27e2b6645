/** The cells of a row as CSV: each as the table shows it (format-value.ts), the usual ones without a string made. */
import { formatHex } from "../addresses.ts";
import { formatColumn } from "../format-value.ts";
import type { FieldNode, Layout, LayoutColumn, LayoutNode } from "../layout.ts";
import { paddingIn } from "./coverage.ts";
import { op, type Operations } from "./operations.ts";

const unsigned: Readonly<Record<number, number>> = { 1: op.u8, 2: op.u16, 4: op.u32, 8: op.u64 };
const signed: Readonly<Record<number, number>> = { 1: op.s8, 2: op.s16, 4: op.s32, 8: op.s64 };

/** `base`: where the key or value begins, such as that of a later CPU. */
export function compileCell(column: LayoutColumn, littleEndian: boolean, base: number, into: Operations): void {
  const { node } = column;
  const offset = base + column.offset;
  if (node.kind === "field" && compileField(node, offset, into)) return;
  if (node.kind === "struct" && node.prefix) {
    const [length, address] = node.members;
    if (length?.node.kind === "field" && address?.node.kind === "field" && address.node.form.as === "ipv4") {
      into.add(op.ipv4, offset + address.offset);
      into.text("/");
      into.add(op.u32, offset + length.offset);
      return;
    }
  }
  into.add(op.other, offset, {
    size: longestCell(node) * 2 + 2,
    format: (bytes, from) => {
      const own = bytes.subarray(from + base, from + base + column.offset + node.size);
      return Buffer.from(quoted(formatColumn(column, own, littleEndian)));
    },
  });
}

function compileField(field: FieldNode, offset: number, into: Operations): boolean {
  const { form, size } = field;
  const whole = field.bitOffset === 0 && field.bitSize === size * 8;
  switch (form.as) {
    case "integer": {
      const code = (form.signed ? signed : unsigned)[size];
      if (!whole || form.hex || code === undefined) return false;
      if (form.network && size > 1) {
        if (form.signed) return false;
        into.add(op.network, offset, { size });
      } else {
        into.add(code, offset);
      }
      return true;
    }
    case "boolean":
      if (!whole) return false;
      into.add(op.truth, offset);
      return true;
    case "ipv4":
      into.add(op.ipv4, offset);
      return true;
    case "mac":
      into.add(op.mac, offset);
      return true;
    case "bytes":
      into.add(op.hex, offset, { count: size });
      return true;
    default:
      return false;
  }
}

/** The bits that no cell shows; an empty cell where they are zeros, as they nearly always are. */
export function compilePadding(layout: Layout, mask: Uint8Array, base: number, into: Operations): void {
  into.add(op.other, base, {
    size: layout.size * 2 + 2,
    format: (bytes, from) => {
      const padding = paddingIn(mask, bytes, from + base);
      return Buffer.from(padding === null ? "" : formatHex(padding));
    },
  });
}

/** RFC 4180. Blanks at the ends are quoted too: spreadsheets take them away. */
export function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** In bytes; no cell of such a node is longer. */
function longestCell(node: LayoutNode): number {
  switch (node.kind) {
    case "field": {
      const names = node.form.as === "enum" ? node.form.values.map(({ name }) => name.length * 3) : [];
      return Math.max(64, ...names) + node.size * 6;
    }
    case "array":
      return 2 + node.length * (longestCell(node.element) + 3);
    default:
      return node.members.reduce((sum, member) => sum + member.name.length * 3 + 8 + longestCell(member.node), 2);
  }
}
