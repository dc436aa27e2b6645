import { formatHex, maskLength } from "./addresses.ts";
import { type BadValue, badValue } from "./bad-value.ts";
import { describeField, rangeOf } from "./describe-field.ts";
import type { Json } from "./format-value.ts";
import type { LayoutColumn, LayoutNode, RecordMember, RecordNode } from "./layout.ts";
import type { LeftOut } from "./left-out.ts";
import { parseField, parseInteger } from "./parse-field.ts";

/** Where parsed values go. */
export interface Target {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  /** Fields that are not named keep what they have. */
  readonly partial: boolean;
  /** Fields that need not be named where it is not partial; left out: none. */
  readonly leftOut?: LeftOut;
}

/** Writes what one cell says: the inverse of formatColumn. */
export function parseColumn(
  column: LayoutColumn,
  text: string,
  bytes: Uint8Array,
  littleEndian: boolean,
): BadValue | null {
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
  // "10.0.0.0/8", and what people paste: "10.0.0.0 255.0.0.0", "10.0.0.0/255.0.0.0"
  const [before = "", after, ...rest] = text.trim().split(/\s*\/\s*|\s+/);
  if (length?.node.kind !== "field" || address?.node.kind !== "field" || rest.length > 0 || before.startsWith("0x")) {
    return badValue(path, text, describeField(node));
  }
  const bits = address.node.size * 8;
  const mask = after === undefined || bits !== 32 ? null : maskLength(after);
  const written = after !== undefined && /^\d{1,3}$/.test(after) ? parseInteger(after) : null;
  const value = after === undefined ? BigInt(bits) : mask === null ? written : BigInt(mask);
  if (value === null || value > BigInt(bits))
    return badValue(path, text, `${describeField(node)}, length 0 to ${bits}`);
  if (parseField(address.node, before, path, bytes, offset + address.offset, littleEndian)) {
    return badValue(path, text, describeField(node));
  }
  return parseField(length.node, String(value), path, bytes, offset + length.offset, littleEndian);
}

/** Writes JSON shaped as formatNode's into its place. `name` stands in failures for the whole, which has no path. */
export function parseNode(
  target: Target,
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
      return parseField(node, text, here, target.bytes, offset, target.littleEndian);
    }
    case "array": {
      if (!Array.isArray(json) || json.length !== node.length) return badValue(here, json, describeField(node));
      for (const [index, item] of json.entries()) {
        const at = offset + index * node.element.size;
        const failure = parseNode(target, node.element, item as Json, `${here}[${index}]`, name, at);
        if (failure) return failure;
      }
      return null;
    }
    case "struct":
    case "union":
      return parseRecord(target, node, json, path, name, offset);
  }
}

function parseRecord(
  target: Target,
  node: RecordNode,
  json: Json,
  path: string,
  name: string,
  offset: number,
): BadValue | null {
  const here = path === "" ? name : path;
  if (node.prefix && typeof json === "string") {
    return parsePrefix(node, json, here, target.bytes, offset, target.littleEndian);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return badValue(here, json, `JSON object with ${namesOf(node)}`);
  }
  const given = new Map(Object.entries(json));
  const failure = parseMembers(target, node, given, path, name, offset);
  if (failure) return failure;
  const unknown = given.keys().next().value;
  if (unknown !== undefined) {
    const field = path === "" ? unknown : `${path}.${unknown}`;
    return { kind: "bad-value", field, message: `field ${field}: there is none of that name: give ${namesOf(node)}` };
  }
  if (node.prefix) return checkPrefix(target, node, here, offset);
  return null;
}

/** Takes from `given` what it uses; what is left then belongs to nobody. */
function parseMembers(
  target: Target,
  node: RecordNode,
  given: Map<string, Json>,
  path: string,
  name: string,
  offset: number,
): BadValue | null {
  for (const member of node.members) {
    const at = offset + member.offset;
    if (member.name === "") {
      const failure = parseAnonymous(target, member, given, path, name, at, node.kind === "union");
      if (failure) return failure;
      continue;
    }
    const field = path === "" ? member.name : `${path}.${member.name}`;
    const value = given.get(member.name);
    if (value === undefined) {
      if (target.partial || node.kind === "union" || member.node.size === 0) continue;
      if (target.leftOut?.(field, member.node) === true) continue;
      return badValue(field, undefined, describeField(member.node));
    }
    given.delete(member.name);
    const failure = parseNode(target, member.node, value, field, name, at);
    if (failure) return failure;
  }
  return null;
}

function parseAnonymous(
  target: Target,
  member: RecordMember,
  given: Map<string, Json>,
  path: string,
  name: string,
  offset: number,
  inUnion: boolean,
): BadValue | null {
  if (member.node.kind !== "struct" && member.node.kind !== "union") return null;
  // Inside a union it is one of several views: any part of it may be left out.
  const inner = inUnion ? { ...target, partial: true } : target;
  return parseMembers(inner, member.node, given, path, name, offset);
}

function checkPrefix(target: Target, node: RecordNode, path: string, offset: number): BadValue | null {
  const [length, address] = node.members;
  if (!length || !address) return null;
  const view = new DataView(target.bytes.buffer, target.bytes.byteOffset + offset + length.offset, 4);
  const value = view.getUint32(0, target.littleEndian);
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

/** The fields of a record for a sentence: "rx_packets, rx_bytes". */
export function namesOf(node: RecordNode): string {
  const names = node.members.flatMap((member) => (member.name === "" ? [] : [member.name]));
  return names.length === 0 ? "no fields" : `${names.slice(0, 12).join(", ")}${names.length > 12 ? ", …" : ""}`;
}

/** Undefined where the text is no JSON. */
export function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
