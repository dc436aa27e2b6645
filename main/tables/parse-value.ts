import { formatHex, parseHex } from "./addresses.ts";
import { type BadValue, badValue } from "./bad-value.ts";
import { describeField, rangeOf } from "./describe-field.ts";
import type { Json } from "./format-value.ts";
import type { Layout, LayoutColumn, LayoutNode, RecordMember, RecordNode } from "./layout.ts";
import { parseField, parseInteger } from "./parse-field.ts";

export type Parsed =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly failure: BadValue };

/**
 * Bytes from one text a column; null keeps what `existing` has there. Without `existing`, every column needs a text.
 */
export function parseCells(layout: Layout, cells: readonly (string | null)[], existing: Uint8Array | null): Parsed {
  const bytes = startFrom(layout, existing);
  for (const [index, column] of layout.columns.entries()) {
    const cell = cells[index] ?? null;
    if (cell === null && existing) continue;
    if (cell === null) return { ok: false, failure: badValue(column.path, undefined, describeField(column.node)) };
    const failure = parseColumn(column, cell, bytes, layout.littleEndian);
    if (failure) return { ok: false, failure };
  }
  return { ok: true, bytes };
}

/**
 * Bytes from what a user types for a whole key or value: JSON ("{…}", "[…]"), the one cell of a layout of one column
 * ("42", "0x2a", "192.0.2.0/24", "02:fc:00:00:00:09", "XDP_PASS"), or all bytes as "0x…".
 * JSON with some of a struct's fields changes those of `existing`; without `existing` every field is needed.
 */
export function parseText(layout: Layout, text: string, existing: Uint8Array | null, name = "value"): Parsed {
  const given = text.trim();
  const [column, ...others] = layout.columns;
  const single = column && others.length === 0 && !needsJson(column.node) ? column : null;
  const isText = single?.node.kind === "field" && single.node.form.as === "text";
  if (isText ? given.startsWith('"') : /^[{["]/.test(given)) {
    const json = readJson(given);
    if (json !== undefined) return parseJson(layout, json, existing, name);
    if (!isText) return { ok: false, failure: badValue(name, given, `JSON that parses: ${exampleOf(layout)}`) };
  }
  if (single) {
    const bytes = startFrom(layout, existing);
    const failure = parseColumn(single, text, bytes, layout.littleEndian);
    return failure ? { ok: false, failure } : { ok: true, bytes };
  }
  const raw = /^0x/i.test(given) ? parseHex(given, layout.size) : null;
  return raw ? { ok: true, bytes: raw } : { ok: false, failure: badValue(name, given, exampleOf(layout)) };
}

function needsJson(node: LayoutNode): boolean {
  return node.kind !== "field" && !(node.kind === "struct" && node.prefix);
}

/** Bytes from JSON shaped as formatJson's. See parseText for `existing`. */
export function parseJson(layout: Layout, json: Json, existing: Uint8Array | null, name = "value"): Parsed {
  const bytes = startFrom(layout, existing);
  const context = { bytes, littleEndian: layout.littleEndian, partial: existing !== null };
  const failure = parseNode(context, layout.root, json, "", name, 0);
  return failure ? { ok: false, failure } : { ok: true, bytes };
}

interface Context {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  /** Fields that are not named keep what they have. */
  readonly partial: boolean;
}

function startFrom(layout: Layout, existing: Uint8Array | null): Uint8Array {
  const bytes = new Uint8Array(layout.size);
  if (existing) bytes.set(existing.subarray(0, layout.size));
  return bytes;
}

function parseColumn(column: LayoutColumn, text: string, bytes: Uint8Array, littleEndian: boolean): BadValue | null {
  const { node, path, offset } = column;
  if (node.kind === "field") return parseField(node, text, path, bytes, offset, littleEndian);
  if (node.kind === "struct" && node.prefix) return parsePrefix(node, text, path, bytes, offset, littleEndian);
  const json = readJson(text);
  if (json === undefined) return badValue(path, text, describeField(node));
  return parseNode({ bytes, littleEndian, partial: true }, node, json, path, path, offset);
}

/** "192.0.2.0/24"; an address alone is itself, whole. Bits beyond the length stay as given, as the kernel keeps them. */
function parsePrefix(
  node: RecordNode,
  text: string,
  path: string,
  bytes: Uint8Array,
  offset: number,
  littleEndian: boolean,
): BadValue | null {
  const [length, address] = node.members;
  const [before = "", after, ...rest] = text.trim().split("/");
  if (length?.node.kind !== "field" || address?.node.kind !== "field" || rest.length > 0 || before.startsWith("0x")) {
    return badValue(path, text, describeField(node));
  }
  const bits = address.node.size * 8;
  const value = after === undefined ? BigInt(bits) : /^\d{1,3}$/.test(after) ? parseInteger(after) : null;
  if (value === null || value > BigInt(bits))
    return badValue(path, text, `${describeField(node)}, length 0 to ${bits}`);
  if (parseField(address.node, before, path, bytes, offset + address.offset, littleEndian)) {
    return badValue(path, text, describeField(node));
  }
  return parseField(length.node, String(value), path, bytes, offset + length.offset, littleEndian);
}

function parseNode(
  context: Context,
  node: LayoutNode,
  json: Json,
  path: string,
  name: string,
  offset: number,
): BadValue | null {
  const here = path === "" ? name : path;
  switch (node.kind) {
    case "field": {
      const text = fieldText(json);
      if (text === null) return badValue(here, json, describeField(node));
      // JSON.parse has rounded it already: the user would get another number than the one typed.
      if (typeof json === "number" && node.form.as === "integer" && !Number.isSafeInteger(json)) {
        const [least, greatest] = rangeOf(node);
        return badValue(here, json, `whole number from ${least} to ${greatest}, as a string where it exceeds 2^53`);
      }
      return parseField(node, text, here, context.bytes, offset, context.littleEndian);
    }
    case "array": {
      if (!Array.isArray(json) || json.length !== node.length) return badValue(here, json, describeField(node));
      for (const [index, item] of json.entries()) {
        const at = offset + index * node.element.size;
        const failure = parseNode(context, node.element, item as Json, `${here}[${index}]`, name, at);
        if (failure) return failure;
      }
      return null;
    }
    case "struct":
    case "union":
      return parseRecord(context, node, json, path, name, offset);
  }
}

function parseRecord(
  context: Context,
  node: RecordNode,
  json: Json,
  path: string,
  name: string,
  offset: number,
): BadValue | null {
  const here = path === "" ? name : path;
  if (node.prefix && typeof json === "string") {
    return parsePrefix(node, json, here, context.bytes, offset, context.littleEndian);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return badValue(here, json, `JSON object with ${namesOf(node)}`);
  }
  const given = new Map(Object.entries(json));
  const failure = parseMembers(context, node, given, path, name, offset);
  if (failure) return failure;
  const unknown = given.keys().next().value;
  if (unknown !== undefined) {
    const field = path === "" ? unknown : `${path}.${unknown}`;
    return { kind: "bad-value", field, message: `field ${field}: there is none of that name: give ${namesOf(node)}` };
  }
  if (node.prefix) return checkPrefix(context, node, here, offset);
  return null;
}

/** Takes from `given` what it uses; what is left then belongs to nobody. */
function parseMembers(
  context: Context,
  node: RecordNode,
  given: Map<string, Json>,
  path: string,
  name: string,
  offset: number,
): BadValue | null {
  for (const member of node.members) {
    const at = offset + member.offset;
    if (member.name === "") {
      const failure = parseAnonymous(context, member, given, path, name, at, node.kind === "union");
      if (failure) return failure;
      continue;
    }
    const field = path === "" ? member.name : `${path}.${member.name}`;
    const value = given.get(member.name);
    if (value === undefined) {
      if (context.partial || node.kind === "union" || member.node.size === 0) continue;
      return badValue(field, undefined, describeField(member.node));
    }
    given.delete(member.name);
    const failure = parseNode(context, member.node, value, field, name, at);
    if (failure) return failure;
  }
  return null;
}

function parseAnonymous(
  context: Context,
  member: RecordMember,
  given: Map<string, Json>,
  path: string,
  name: string,
  offset: number,
  inUnion: boolean,
): BadValue | null {
  if (member.node.kind !== "struct" && member.node.kind !== "union") return null;
  // Inside a union it is one of several views: any part of it may be left out.
  const inner = inUnion ? { ...context, partial: true } : context;
  return parseMembers(inner, member.node, given, path, name, offset);
}

function checkPrefix(context: Context, node: RecordNode, path: string, offset: number): BadValue | null {
  const [length, address] = node.members;
  if (!length || !address) return null;
  const view = new DataView(context.bytes.buffer, context.bytes.byteOffset + offset + length.offset, 4);
  const value = view.getUint32(0, context.littleEndian);
  const bits = address.node.size * 8;
  if (value <= bits) return null;
  const field = `${path}.${length.name}`;
  return badValue(field, value, `whole number from 0 to ${bits}`);
}

function fieldText(json: Json): string | null {
  if (typeof json === "string") return json;
  if (typeof json === "number" || typeof json === "boolean") return Object.is(json, -0) ? "-0" : String(json);
  // Byte arrays as bpftool prints them.
  const isBytes = (item: unknown) => typeof item === "number" && Number.isInteger(item) && item >= 0 && item <= 255;
  if (Array.isArray(json) && json.length > 0 && json.every(isBytes))
    return formatHex(Uint8Array.from(json as number[]));
  return null;
}

function namesOf(node: RecordNode): string {
  const names = node.members.flatMap((member) => (member.name === "" ? [] : [member.name]));
  return names.length === 0 ? "no fields" : `${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""}`;
}

function exampleOf(layout: Layout): string {
  const { root } = layout;
  if (root.kind === "struct" || root.kind === "union") return `JSON object with ${namesOf(root)}, or all bytes as 0x…`;
  return describeField(root);
}

function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
