/** BTF types as C, one entry a type. */
import type { ObjectTree } from "../../protocol/views.ts";
import type { BtfMember, BtfType } from "../object/btf-types.ts";
import { type Btf, btfType } from "../object/read-btf.ts";
import { btfSize } from "../object/resolve-btf.ts";
import { declare } from "../object/spell-type.ts";

type TreeType = ObjectTree["types"][number];

/** An object's BTF has some hundreds; a whole vmlinux.h beside it still fits, and a message stays far below its limit. */
const typeLimit = 20_000;
const memberLimit = 2_000;

const kindNames: Readonly<Partial<Record<BtfType["kind"], string>>> = {
  pointer: "ptr",
  forward: "fwd",
  function: "func",
  prototype: "func_proto",
  variable: "var",
  dataSection: "datasec",
  declTag: "decl_tag",
  typeTag: "type_tag",
};

/** Characters of all types: a hostile BTF can name much with few bytes. */
const sizeLimit = 12 * 1024 * 1024;
const nameLimit = 512;

/** Fewer than there are where they are too many or too long for one message. */
export function listTypes(btf: Btf): readonly TreeType[] {
  const types: TreeType[] = [];
  const end = Math.min(btf.typeCount, btf.firstId + typeLimit);
  let size = 0;
  for (let id = btf.firstId; id < end && size < sizeLimit; id++) {
    const type = describeType(btf, btfType(btf, id));
    size += type.name.length + type.declaration.length + type.members.reduce((sum, one) => sum + one.length + 4, 80);
    types.push(type);
  }
  return types;
}

function describeType(btf: Btf, type: BtfType): TreeType {
  return {
    id: type.id,
    kind: kindNames[type.kind] ?? type.kind,
    name: "name" in type ? type.name.slice(0, nameLimit) : "",
    bytes: bytesOf(btf, type),
    declaration: shortened(declarationOf(btf, type)),
    members: membersOf(btf, type),
  };
}

function bytesOf(btf: Btf, type: BtfType): number | null {
  if (type.kind === "function" || type.kind === "declTag" || type.kind === "variable") return null;
  const size = btfSize(btf, type.id);
  return size === null || size > 0xffff_ffff ? null : size;
}

function declarationOf(btf: Btf, type: BtfType): string {
  switch (type.kind) {
    case "typedef":
      return `typedef ${declare(btf, type.type, type.name)}`;
    case "function":
      return `${linkages[type.linkage] ?? ""}${declare(btf, type.type, type.name)}`;
    case "variable":
      return `${linkages[type.linkage] ?? ""}${declare(btf, type.type, type.name)}`;
    case "dataSection":
      return `section "${type.name}"`;
    case "declTag":
      return `__attribute__((btf_decl_tag("${type.name}")))`;
    case "struct":
    case "union":
      return type.name === "" ? type.kind : `${type.kind} ${type.name}`;
    case "enum":
    case "enum64":
      return type.name === "" ? "enum" : `enum ${type.name}`;
    default:
      return declare(btf, type.id, "");
  }
}

/** BTF_FUNC_STATIC, _GLOBAL, _EXTERN of include/uapi/linux/btf.h; variables have the same numbers. */
const linkages: readonly string[] = ["static ", "", "extern "];

function membersOf(btf: Btf, type: BtfType): string[] {
  switch (type.kind) {
    case "struct":
    case "union":
      return cut(type.members, (member) => `${offsetOf(member)}: ${memberText(btf, member)}`);
    case "enum":
    case "enum64":
      return cut(type.values, ({ name, value }) => `${name} = ${value}`);
    case "dataSection":
      return cut(type.variables, ({ type: id, offset, size }) => {
        const variable = btfType(btf, id);
        return `${offset}: ${declarationOf(btf, variable)}, ${size} bytes`;
      });
    default:
      return [];
  }
}

function memberText(btf: Btf, { type, name, bitSize }: BtfMember): string {
  return `${declare(btf, type, name)}${bitSize > 0 ? ` : ${bitSize}` : ""}`;
}

/** In bytes, as "12"; of a bit field with its first bit, as "12.3". */
function offsetOf({ bitOffset, bitSize }: BtfMember): string {
  const bit = bitOffset % 8;
  return bitSize > 0 || bit > 0 ? `${(bitOffset - bit) / 8}.${bit}` : `${bitOffset / 8}`;
}

function cut<Item>(items: readonly Item[], text: (item: Item) => string): string[] {
  const lines = items.slice(0, memberLimit).map((item) => shortened(text(item)));
  return items.length > memberLimit ? [...lines, `… and ${items.length - memberLimit} more`] : lines;
}

function shortened(text: string): string {
  return text.length > 2048 ? `${text.slice(0, 2048)}…` : text;
}
