/** What a source declares its fields to be: `__u32 port __attribute__((btf_decl_tag("format:ifindex")))`, clang 14 and later. */
import { type ColumnFormat, columnFormat } from "../../protocol/rows.ts";
import { type Btf, btfType } from "../object/read-btf.ts";
import { bytesField, type LayoutNode } from "./layout.ts";

/** `prefix`: a struct of a length and an address is one value, as 192.0.2.0/24. */
export type DeclaredFormat = ColumnFormat | "prefix";

export interface DeclaredFormats {
  /** of a member of that struct or union; -1: of the typedef or variable itself */
  of(typeId: number, member: number): DeclaredFormat | null;
  /** of the first typedef on the way to the type that has one */
  ofType(typeId: number): DeclaredFormat | null;
}

const declTag = 17;
/** More types than any object has: BTF of a whole kernel tags nothing that a map holds. */
const mostTypes = 60_000;
const chainLimit = 16;
const known = new WeakMap<Btf, DeclaredFormats>();

/** Found once for each BTF. Total. */
export function declaredFormats(btf: Btf): DeclaredFormats {
  const before = known.get(btf);
  if (before !== undefined) return before;
  const tags = findTags(btf);
  const of = (typeId: number, member: number): DeclaredFormat | null => tags.get(`${typeId}:${member}`) ?? null;
  const formats: DeclaredFormats = {
    of,
    ofType(typeId) {
      let id = typeId;
      for (let step = 0; step < chainLimit && tags.size > 0; step++) {
        const found = of(id, -1);
        if (found !== null) return found;
        const type = btfType(btf, id);
        if (!/^(typedef|const|volatile|restrict|typeTag|variable)$/.test(type.kind) || !("type" in type)) return null;
        id = type.type;
      }
      return null;
    },
  };
  known.set(btf, formats);
  return formats;
}

function findTags(btf: Btf): ReadonlyMap<string, DeclaredFormat> {
  const tags = new Map<string, DeclaredFormat>();
  if (btf.offsets.length > mostTypes) return tags;
  const view = new DataView(btf.types.buffer, btf.types.byteOffset, btf.types.byteLength);
  for (const [index, offset] of btf.offsets.entries()) {
    if (((view.getUint32(offset + 4, btf.littleEndian) >>> 24) & 0x1f) !== declTag) continue;
    const tag = btfType(btf, btf.firstId + index);
    if (tag.kind !== "declTag" || !tag.name.startsWith("format:")) continue;
    const name = tag.name.slice(7).trim();
    const format = name === "prefix" ? name : columnFormat.safeParse(name).data;
    if (format !== undefined) tags.set(`${tag.type}:${tag.componentIndex}`, format);
  }
  return tags;
}

/** The node with what was declared of it; as it is where that does not fit its bytes. */
export function withDeclared(node: LayoutNode, format: DeclaredFormat | null): LayoutNode {
  if (format === null) return node;
  if (format === "prefix") return asPrefix(node);
  if (node.kind === "field") return { ...node, declared: format };
  if (node.kind !== "array") return node;
  // one value of all elements, such as an IPv6 address of four __be32
  const whole = (format === "ipv6" && node.size === 16) || (format === "mac" && node.size === 6);
  if (whole) return { ...bytesField(node.size, node.type), form: { as: format } };
  return { ...node, element: withDeclared(node.element, format) };
}

/** A struct of a length of four bytes and an address of four or sixteen: one cell. */
export function asPrefix(node: LayoutNode): LayoutNode {
  if (node.kind !== "struct") return node;
  const [length, ...rest] = node.members;
  const data = rest.filter((member) => member.node.size > 0);
  const [only] = data;
  if (length?.offset !== 0 || length.node.size !== 4 || (node.size !== 8 && node.size !== 20)) return node;
  if (only === undefined || data.length !== 1 || only.offset !== 4 || only.node.size !== node.size - 4) return node;
  const form = { as: node.size === 8 ? "ipv4" : "ipv6" } as const;
  const address = { ...bytesField(node.size - 4, only.node.type), form };
  return { ...node, members: [length, { ...only, node: address }], prefix: true };
}
