/** From one layout to a newer one, field by field, by name. */
import type { FieldChange } from "../../protocol/reload.ts";
import { readBits, writeBits } from "./field-bits.ts";
import { rangeOf } from "./describe-field.ts";
import type { ArrayNode, FieldNode, Layout, LayoutNode, RecordNode } from "./layout.ts";

export interface Conversion {
  /** of every field on either side, in the order of the newer layout; those that are gone at the end of their struct */
  readonly changes: readonly FieldChange[];
  /** whether anything at all goes over */
  readonly carries: boolean;
  /**
   * `base` is what stays where nothing is carried: zeros, or a section as the object declares it. Null where a value
   * does not fit its newer field.
   */
  convert(from: Uint8Array, base?: Uint8Array): Uint8Array | null;
}

/** Copies one node's bytes; false where a value does not fit. */
type Step = (source: Uint8Array, from: number, target: Uint8Array, to: number) => boolean;

interface Walk {
  readonly fromLittle: boolean;
  readonly toLittle: boolean;
  readonly changes: FieldChange[];
}

export function planConversion(from: Layout, to: Layout, name: string): Conversion {
  const walk: Walk = { fromLittle: from.littleEndian, toLittle: to.littleEndian, changes: [] };
  const step = convertNode(walk, from.root, to.root, "", name);
  return {
    changes: walk.changes,
    carries: step !== null,
    convert(source, base) {
      const target = new Uint8Array(to.size);
      if (base) target.set(base.subarray(0, to.size));
      if (step === null) return target;
      return step(source, 0, target, 0) ? target : null;
    },
  };
}

/** Null where nothing of it is carried. `name` stands for a path that is empty. */
function convertNode(walk: Walk, from: LayoutNode, to: LayoutNode, path: string, name: string): Step | null {
  if (from.kind === "struct" && to.kind === "struct") return convertRecord(walk, from, to, path, name);
  if (from.kind === "array" && to.kind === "array") return convertArray(walk, from, to, path, name);
  const found = from.kind === "field" && to.kind === "field" ? convertField(walk, from, to) : convertUnion(from, to);
  const what = found === null ? "unlike" : found.what;
  walk.changes.push({ path: path === "" ? name : path, what, was: from.type, becomes: to.type });
  return found?.step ?? null;
}

interface Found {
  readonly what: "same" | "converted";
  readonly step: Step;
}

/** Its members are views of the same bytes, and which of them holds is not known: it goes over whole or not at all. */
function convertUnion(from: LayoutNode, to: LayoutNode): Found | null {
  if (from.kind !== "union" || to.kind !== "union" || !sameNode(from, to)) return null;
  return { what: "same", step: copy(to.size) };
}

function sameNode(one: LayoutNode, other: LayoutNode): boolean {
  if (one.size !== other.size || one.kind !== other.kind) return false;
  if (one.kind === "field") return other.kind === "field" && sameField(one, other);
  if (one.kind === "array")
    return other.kind === "array" && one.length === other.length && sameNode(one.element, other.element);
  if (other.kind !== "struct" && other.kind !== "union") return false;
  return (
    one.members.length === other.members.length &&
    one.members.every((member, index) => {
      const twin = other.members[index];
      return twin?.name === member.name && twin.offset === member.offset && sameNode(member.node, twin.node);
    })
  );
}

function sameField(one: FieldNode, other: FieldNode): boolean {
  const { form } = one;
  if (one.bitSize !== other.bitSize || one.bitOffset !== other.bitOffset || form.as !== other.form.as) return false;
  if (form.as === "integer" && other.form.as === "integer") {
    return form.signed === other.form.signed && form.network === other.form.network && form.hex === other.form.hex;
  }
  return true;
}

function convertRecord(walk: Walk, from: RecordNode, to: RecordNode, path: string, name: string): Step | null {
  const before = new Map(membersOf(from, 0).map((member) => [member.name, member]));
  const steps: { readonly step: Step; readonly from: number; readonly to: number }[] = [];
  for (const member of membersOf(to, 0)) {
    const twin = before.get(member.name);
    const at = path === "" ? member.name : `${path}.${member.name}`;
    before.delete(member.name);
    if (twin === undefined) {
      walk.changes.push({ path: at, what: "new", was: "", becomes: member.node.type });
      continue;
    }
    const step = convertNode(walk, twin.node, member.node, at, name);
    if (step !== null) steps.push({ step, from: twin.offset, to: member.offset });
  }
  for (const { name: gone, node } of before.values()) {
    walk.changes.push({ path: path === "" ? gone : `${path}.${gone}`, what: "gone", was: node.type, becomes: "" });
  }
  // Two structs without a field go over, for what that is worth.
  if (steps.length === 0 && to.members.length > 0) return null;
  return (source, fromOffset, target, toOffset) =>
    steps.every((each) => each.step(source, fromOffset + each.from, target, toOffset + each.to));
}

interface Member {
  readonly name: string;
  readonly offset: number;
  readonly node: LayoutNode;
}

/** Members of anonymous structs count as the parent's; an anonymous union goes by its members' names. */
function membersOf(node: RecordNode, offset: number): readonly Member[] {
  return node.members.flatMap((member): readonly Member[] => {
    const at = offset + member.offset;
    if (member.name !== "") return [{ name: member.name, offset: at, node: member.node }];
    if (member.node.kind === "struct") return membersOf(member.node, at);
    if (member.node.kind !== "union") return [];
    const names = member.node.members.map(({ name }) => name).filter((name) => name !== "");
    return [{ name: `(${names.join(" or ")})`, offset: at, node: member.node }];
  });
}

/** Element by element; what a shorter array has no place for must be zeros. */
function convertArray(walk: Walk, from: ArrayNode, to: ArrayNode, path: string, name: string): Step | null {
  const own: Walk = { ...walk, changes: [] };
  const step = convertNode(own, from.element, to.element, "", "");
  const here = path === "" ? name : path;
  const [whole] = own.changes;
  if (own.changes.length === 1 && whole?.path === "") {
    const what = whole.what === "same" && from.length !== to.length ? "converted" : whole.what;
    walk.changes.push({ path: here, what, was: from.type, becomes: to.type });
  } else {
    if (from.length !== to.length) {
      walk.changes.push({ path: here, what: step === null ? "unlike" : "converted", was: from.type, becomes: to.type });
    }
    for (const change of own.changes) {
      walk.changes.push({
        ...change,
        path: change.path.startsWith("[") ? `${here}[]${change.path}` : `${here}[].${change.path}`,
      });
    }
  }
  if (step === null) return null;
  const both = Math.min(from.length, to.length);
  const size = from.element.size;
  return (source, fromOffset, target, toOffset) => {
    for (let index = 0; index < both; index++) {
      if (!step(source, fromOffset + index * size, target, toOffset + index * to.element.size)) return false;
    }
    return isZero(source, fromOffset + both * size, fromOffset + from.length * size);
  };
}

function convertField(walk: Walk, from: FieldNode, to: FieldNode): Found | null {
  if (isNumber(from) && isNumber(to)) return convertNumber(walk, from, to);
  if (from.form.as === "float" && to.form.as === "float") return convertFloat(walk, from, to);
  return convertBytes(from, to);
}

function isNumber({ form }: FieldNode): boolean {
  return form.as === "integer" || form.as === "enum" || form.as === "boolean";
}

function convertNumber(walk: Walk, from: FieldNode, to: FieldNode): Found | null {
  // A number that was not said to be in network order may have been all the same: nobody can tell.
  if (isNetwork(from) !== isNetwork(to) && (from.size > 1 || to.size > 1)) return null;
  const signed = isSigned(from);
  const [least, greatest] = to.form.as === "boolean" ? [0n, 1n] : rangeOf(to);
  const same =
    from.size === to.size && from.bitSize === to.bitSize && signed === isSigned(to) && from.form.as === to.form.as;
  const step: Step = (source, fromOffset, target, toOffset) => {
    const bits = readBits(from, source, fromOffset, walk.fromLittle);
    const value = signed ? BigInt.asIntN(from.bitSize, bits) : bits;
    if (value < least || value > greatest) {
      // The same bits in the same place are right even where C would not have put them there, as 2 in a _Bool.
      if (!same) return false;
    }
    writeBits(to, target, toOffset, walk.toLittle, value);
    return true;
  };
  return { what: same ? "same" : "converted", step };
}

function isNetwork({ form }: FieldNode): boolean {
  return form.as === "integer" && form.network;
}

function isSigned({ form }: FieldNode): boolean {
  return (form.as === "integer" || form.as === "enum") && form.signed;
}

function convertFloat(walk: Walk, from: FieldNode, to: FieldNode): Found {
  if (from.size === to.size) return { what: "same", step: copy(to.size) };
  const step: Step = (source, fromOffset, target, toOffset) => {
    const view = new DataView(source.buffer, source.byteOffset + fromOffset, from.size);
    const value = from.size === 4 ? view.getFloat32(0, walk.fromLittle) : view.getFloat64(0, walk.fromLittle);
    if (to.size === 4 && Number.isFinite(value) && !Number.isFinite(Math.fround(value))) return false;
    const place = new DataView(target.buffer, target.byteOffset + toOffset, to.size);
    if (to.size === 4) place.setFloat32(0, value, walk.toLittle);
    else place.setFloat64(0, value, walk.toLittle);
    return true;
  };
  return { what: "converted", step };
}

/** Text, addresses and other bytes: as they are; an array of another length as far as it goes. */
function convertBytes(from: FieldNode, to: FieldNode): Found | null {
  if (from.form.as === "float" || to.form.as === "float") return null;
  const inNetworkOrder = (node: FieldNode): boolean => !isNumber(node) || isNetwork(node);
  if (!inNetworkOrder(from) || !inNetworkOrder(to) || from.bitSize !== from.size * 8) return null;
  if (from.size === to.size) {
    const plain = (isArray(from) && isArray(to)) || from.type === to.type || isAddress(from) || isAddress(to);
    return plain ? { what: "same", step: copy(to.size) } : null;
  }
  const grows = isArray(from) && isArray(to) && !isAddress(from) && !isAddress(to);
  if (!grows) return null;
  const both = Math.min(from.size, to.size);
  const whole = copy(both);
  return {
    what: "converted",
    step: (source, fromOffset, target, toOffset) =>
      whole(source, fromOffset, target, toOffset) && isZero(source, fromOffset + both, fromOffset + from.size),
  };
}

function isArray({ type }: FieldNode): boolean {
  return /\[\d+\]$/.test(type);
}

function isAddress({ form }: FieldNode): boolean {
  return form.as === "mac" || form.as === "ipv4" || form.as === "ipv6";
}

function copy(size: number): Step {
  return (source, from, target, to) => {
    target.set(source.subarray(from, from + size), to);
    return true;
  };
}

function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (bytes[index] !== 0) return false;
  return true;
}
