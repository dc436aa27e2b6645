import type { BtfMember, BtfType } from "../object/btf-types.ts";
import { type Btf, btfType } from "../object/read-btf.ts";
import { btfSize, resolveBtfType } from "../object/resolve-btf.ts";
import { chooseBytesForm, chooseStructForm, isAddressName } from "./choose-form.ts";
import { bytesField, type FieldForm, type FieldNode, type Layout, type LayoutNode, type RecordNode } from "./layout.ts";
import { listColumns } from "./list-columns.ts";
import { asPrefix, declaredFormats, type DeclaredFormats, withDeclared } from "./declared-formats.ts";

/** Deeper or wider than any map's type; what lies beyond shows as bytes. */
const depthLimit = 16;
const nodeLimit = 4096;

interface Walk {
  readonly btf: Btf;
  readonly declared: DeclaredFormats;
  nodes: number;
}

/**
 * The layout of a BTF type. Null where the type is not of that size (then it does not describe these bytes).
 * `name` heads the column of a scalar: "key" or "value".
 */
export function describeLayout(btf: Btf, typeId: number, size: number, name: string): Layout | null {
  if (typeId === 0 || btfSize(btf, typeId) !== size) return null;
  const root = describeNode({ btf, declared: declaredFormats(btf), nodes: 0 }, typeId, name, false, 0);
  return makeLayout(root, name, btf.littleEndian);
}

export function makeLayout(root: LayoutNode, name: string, littleEndian: boolean): Layout {
  return { size: root.size, littleEndian, root, columns: listColumns(root, name) };
}

/** The key of an LPM trie: its data is an address when it is four or sixteen bytes, whatever C calls it. */
export function describePrefix(btf: Btf, typeId: number, size: number): Layout | null {
  const { type } = resolveBtfType(btf, typeId);
  const plain = describeLayout(btf, typeId, size, "key");
  if (!plain || type.kind !== "struct") return plain;
  const root = asPrefix(plain.root);
  return root === plain.root ? plain : makeLayout(root, "prefix", plain.littleEndian);
}

/** A field with what its member, variable or typedef is declared to be. */
function describeNode(walk: Walk, typeId: number, name: string, inArray: boolean, depth: number): LayoutNode {
  return withDeclared(describeType(walk, typeId, name, inArray, depth), walk.declared.ofType(typeId));
}

function describeType(walk: Walk, typeId: number, name: string, inArray: boolean, depth: number): LayoutNode {
  const { type, typedefs } = resolveBtfType(walk.btf, typeId);
  const size = btfSize(walk.btf, typeId) ?? 0;
  const spelled = typedefs[0] ?? spell(walk.btf, type, 0);
  if (depth > depthLimit || ++walk.nodes > nodeLimit) return bytesField(size, spelled);
  switch (type.kind) {
    case "int":
    case "enum":
    case "enum64":
    case "pointer":
    case "float":
      return describeScalar(type, typedefs, name, size, spelled);
    case "array": {
      const element = resolveBtfType(walk.btf, type.type);
      const bytes = element.type.kind === "int" && element.type.size === 1 && !element.type.bool ? element.type : null;
      const typed = `${element.typedefs[0] ?? spell(walk.btf, element.type, 0)}[${type.length}]`;
      const isText = bytes && (bytes.char || bytes.name === "char");
      if (isText && size > 0) return { ...bytesField(size, typed), form: { as: "text" } };
      if (bytes && !bytes.signed && size > 0) {
        return { ...bytesField(size, typed), form: chooseBytesForm(name, size, false) };
      }
      if (size === 16 && type.length === 4 && element.typedefs.includes("__be32") && isAddressName(name)) {
        return { ...bytesField(size, typed), form: { as: "ipv6" } };
      }
      // A hostile BTF may name four billion elements of nothing.
      const length = size > 0 ? type.length : 0;
      const node = describeNode(walk, type.type, name, true, depth + 1);
      return { kind: "array", type: typed, size, length, element: node };
    }
    case "struct":
    case "union": {
      const form = chooseStructForm(type.name, size);
      if (form) return { ...bytesField(size, spelled), form };
      return describeRecord(walk, type.kind, type.members, size, spelled, inArray, depth, type.id);
    }
    case "dataSection": {
      const members = type.variables.map((entry) => {
        const variable = btfType(walk.btf, entry.type);
        return {
          name: "name" in variable ? variable.name : "",
          type: entry.type,
          bitOffset: entry.offset * 8,
          bitSize: 0,
        };
      });
      return describeRecord(walk, "struct", members, size, type.name, inArray, depth, type.id);
    }
    default:
      return bytesField(size, spelled);
  }
}

function describeRecord(
  walk: Walk,
  kind: "struct" | "union",
  members: readonly BtfMember[],
  size: number,
  type: string,
  inArray: boolean,
  depth: number,
  id: number,
): LayoutNode {
  const fields: RecordNode["members"][number][] = [];
  for (const [index, member] of members.entries()) {
    const plain = describeNode(walk, member.type, member.name, inArray, depth + 1);
    const whole = withDeclared(plain, walk.declared.of(id, index));
    const node = member.bitSize > 0 ? bitField(whole, member.bitOffset % 8, member.bitSize) : whole;
    const offset = Math.floor(member.bitOffset / 8);
    const aligned = member.bitSize > 0 || member.bitOffset % 8 === 0;
    // A member that does not lie inside its struct is a damaged description: bytes are the truth.
    if (!node || !aligned || offset + node.size > size) return bytesField(size, type);
    fields.push({ name: member.name, offset, node });
  }
  return { kind, type, size, members: fields, prefix: false };
}

function bitField(node: LayoutNode, bitOffset: number, bitSize: number): FieldNode | null {
  if (node.kind !== "field" || bitSize > 64 || bitSize > node.size * 8) return null;
  const { form } = node;
  if (form.as !== "integer" && form.as !== "enum" && form.as !== "boolean") return null;
  const plain: FieldForm = form.as === "integer" ? { ...form, network: false } : form;
  const type = `${node.type} : ${bitSize}`;
  return { kind: "field", type, size: Math.ceil((bitOffset + bitSize) / 8), bitOffset, bitSize, form: plain };
}

function describeScalar(
  type: BtfType,
  typedefs: readonly string[],
  name: string,
  size: number,
  spelled: string,
): FieldNode {
  const field = (form: FieldForm): FieldNode => ({ ...bytesField(size, spelled), form });
  if (type.kind === "pointer") return field({ as: "integer", signed: false, network: false, hex: true });
  if (type.kind === "float") return size === 4 || size === 8 ? field({ as: "float" }) : bytesField(size, spelled);
  if (type.kind === "enum" || type.kind === "enum64") {
    if (size < 1 || size > 8) return bytesField(size, spelled);
    return field({ as: "enum", signed: type.signed, values: type.values });
  }
  if (type.kind !== "int" || size < 1 || size > 16) return bytesField(size, spelled);
  if (type.bool && size === 1) return field({ as: "boolean" });
  const network = typedefs.some((typedef) => /^__be(16|32|64)$/.test(typedef));
  // A key or value that is one __be32 and nothing else is an address in all likelihood.
  if (network && size === 4 && (isAddressName(name) || name === "key" || name === "value"))
    return field({ as: "ipv4" });
  const integer = field({ as: "integer", signed: type.signed, network, hex: false });
  // Compilers before 2018 put a bit field's width into the integer itself.
  const old = type.bits > 0 && type.bits < size * 8 && type.bitOffset + type.bits <= size * 8;
  return old ? { ...integer, bitOffset: type.bitOffset, bitSize: type.bits } : integer;
}

function spell(btf: Btf, type: BtfType, depth: number): string {
  switch (type.kind) {
    case "struct":
    case "union":
    case "enum":
      return type.name === "" ? type.kind : `${type.kind} ${type.name}`;
    case "enum64":
      return type.name === "" ? "enum" : `enum ${type.name}`;
    case "pointer": {
      const { type: target, typedefs } = resolveBtfType(btf, type.type);
      return `${typedefs[0] ?? (depth > 3 ? "…" : spell(btf, target, depth + 1))} *`;
    }
    case "prototype":
      return "function";
    default:
      return "name" in type && type.name !== "" ? type.name : type.kind;
  }
}
