import { parseHex } from "./addresses.ts";
import { type BadValue, badValue } from "./bad-value.ts";
import { isAssignments, parseAssignments, splitTopLevel } from "./parse-assignments.ts";
import { describeField } from "./describe-field.ts";
import type { Json } from "./format-value.ts";
import type { Layout, LayoutNode } from "./layout.ts";
import { type LeftOut, nothingLeftOut } from "./left-out.ts";
import { namesOf, parseColumn, parseNode, readJson } from "./parse-node.ts";

export type Parsed =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly failure: BadValue };

/**
 * Bytes from one text a column; null keeps what `existing` has there. Without `existing`, every column needs a text but
 * those that may be left out.
 */
export function parseCells(
  layout: Layout,
  cells: readonly (string | null)[],
  existing: Uint8Array | null,
  leftOut: LeftOut = nothingLeftOut,
): Parsed {
  const bytes = startFrom(layout, existing);
  for (const [index, column] of layout.columns.entries()) {
    const cell = cells[index] ?? null;
    if (cell === null && existing) continue;
    if (existing === null && (cell ?? "").trim() === "" && leftOut(column.path, column.node)) continue;
    if (cell === null) return { ok: false, failure: badValue(column.path, undefined, describeField(column.node)) };
    const failure = parseColumn(column, cell, bytes, layout.littleEndian);
    if (failure) return { ok: false, failure };
  }
  return { ok: true, bytes };
}

/**
 * Bytes from what a user types for a whole key or value: JSON ("{…}", "[…]"), the one cell of a layout of one column
 * ("42", "0x2a", "192.0.2.0/24", "02:fc:00:00:00:09", "XDP_PASS"), columns by name ("nexthop=2,flags=1") or in their order
 * ("2,1"), or all bytes as "0x…".
 * JSON or names with some of a struct's fields changes those of `existing`; without `existing` every field is needed but those
 * that may be left out.
 */
export function parseText(
  layout: Layout,
  text: string,
  existing: Uint8Array | null,
  name = "value",
  leftOut: LeftOut = nothingLeftOut,
): Parsed {
  const given = text.trim();
  const [column, ...others] = layout.columns;
  const single = column && others.length === 0 && !needsJson(column.node) ? column : null;
  const isText = single?.node.kind === "field" && single.node.form.as === "text";
  if (isText ? given.startsWith('"') : /^[{["]/.test(given)) {
    const json = readJson(given);
    if (json !== undefined) return parseJson(layout, json, existing, name, leftOut);
    if (!isText) return { ok: false, failure: badValue(name, given, `JSON that parses: ${exampleOf(layout)}`) };
  }
  if (single) {
    const bytes = startFrom(layout, existing);
    const failure = parseColumn(single, text, bytes, layout.littleEndian);
    return failure ? { ok: false, failure } : { ok: true, bytes };
  }
  if (isAssignments(layout, given)) {
    const bytes = startFrom(layout, existing);
    const failure = parseAssignments(layout, given, bytes, existing !== null, leftOut);
    return failure ? { ok: false, failure } : { ok: true, bytes };
  }
  const listed = parseListed(layout, given, existing, leftOut);
  if (listed !== null) return listed;
  const raw = /^0x/i.test(given) ? parseHex(given, layout.size) : null;
  return raw ? { ok: true, bytes: raw } : { ok: false, failure: badValue(name, given, exampleOf(layout)) };
}

/** "10.0.0.1,80,TCP": the columns in their order, all or those that must be given; null where it is no such list. */
function parseListed(layout: Layout, given: string, existing: Uint8Array | null, leftOut: LeftOut): Parsed | null {
  const texts = splitTopLevel(given);
  if (texts.length < 2) return null;
  const needed = layout.columns.map(({ path, node }) => !leftOut(path, node));
  const isWhole = texts.length === layout.columns.length;
  if (!isWhole && (existing !== null || texts.length !== needed.filter(Boolean).length)) return null;
  const cells = layout.columns.map((_, index) => (isWhole || needed[index] === true ? (texts.shift() ?? "") : null));
  return parseCells(layout, cells, null, leftOut);
}

function needsJson(node: LayoutNode): boolean {
  return node.kind !== "field" && !(node.kind === "struct" && node.prefix);
}

/** Bytes from JSON shaped as formatJson's. See parseText for `existing`. */
export function parseJson(
  layout: Layout,
  json: Json,
  existing: Uint8Array | null,
  name = "value",
  leftOut: LeftOut = nothingLeftOut,
): Parsed {
  const bytes = startFrom(layout, existing);
  const target = { bytes, littleEndian: layout.littleEndian, partial: existing !== null, leftOut };
  const failure = parseNode(target, layout.root, json, "", name, 0);
  return failure ? { ok: false, failure } : { ok: true, bytes };
}

function startFrom(layout: Layout, existing: Uint8Array | null): Uint8Array {
  const bytes = new Uint8Array(layout.size);
  if (existing) bytes.set(existing.subarray(0, layout.size));
  return bytes;
}

function exampleOf(layout: Layout): string {
  const { root } = layout;
  if (root.kind === "struct" || root.kind === "union") {
    const [first] = layout.columns;
    const names =
      first !== undefined && layout.columns.length > 1
        ? `, names such as ${first.path}=…,…, all ${layout.columns.length} in their order with commas`
        : "";
    return `JSON object with ${namesOf(root)}${names}, or all bytes as 0x…`;
  }
  return describeField(root);
}
