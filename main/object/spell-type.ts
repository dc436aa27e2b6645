/** Types of BTF as C declares them. */
import type { BtfType } from "./btf-types.ts";
import { type Btf, btfType } from "./read-btf.ts";

/** Deeper than any declaration that somebody reads; a damaged BTF can loop. */
const depthLimit = 24;
/** Anonymous structs in a declaration are written out up to here. */
const memberLimit = 8;

/**
 * A declaration of `name` with that type, as `__u8 mac[6]` or `int (*filter)(struct xdp_md *)`; with an empty name, the
 * type alone. Structs, unions and enums with a name are not written out. Total.
 */
export function declare(btf: Btf, typeId: number, name: string): string {
  return spell(btf, typeId, name, 0);
}

function spell(btf: Btf, typeId: number, inner: string, depth: number): string {
  if (depth > depthLimit) return joined("…", inner);
  const type = btfType(btf, typeId);
  switch (type.kind) {
    case "void":
      return joined("void", inner);
    case "pointer": {
      const target = btfType(btf, type.type);
      // of arrays and functions the star binds less than what follows it
      const star = target.kind === "array" || target.kind === "prototype" ? `(*${inner})` : `*${inner}`;
      return spell(btf, type.type, star, depth + 1);
    }
    case "array":
      return spell(btf, type.type, `${inner}[${type.length}]`, depth + 1);
    case "prototype": {
      const parameters = type.parameters.map((one, index) =>
        // the last of a variadic function is void and has no name
        one.type === 0 && one.name === "" && index === type.parameters.length - 1
          ? "..."
          : spell(btf, one.type, one.name, depth + 1),
      );
      return spell(btf, type.type, `${inner}(${parameters.join(", ") || "void"})`, depth + 1);
    }
    case "const":
    case "volatile":
    case "restrict":
      return qualified(btf, type.kind, type.type, inner, depth);
    case "typeTag":
      return spell(btf, type.type, joined(`__attribute__((btf_type_tag("${type.name}")))`, inner), depth + 1);
    case "struct":
    case "union":
    case "enum":
    case "enum64":
    case "forward":
      return joined(tagged(btf, type, depth), inner);
    case "function":
    case "variable":
      return spell(btf, type.type, inner === "" ? type.name : inner, depth + 1);
    default:
      return joined(type.name, inner);
  }
}

/** A qualifier of a pointer stands behind its star, any other before the type. */
function qualified(btf: Btf, word: string, target: number, inner: string, depth: number): string {
  const { kind } = btfType(btf, target);
  if (kind === "pointer") return spell(btf, target, joined(word, inner), depth + 1);
  return `${word} ${spell(btf, target, inner, depth + 1)}`;
}

function tagged(btf: Btf, type: BtfType, depth: number): string {
  switch (type.kind) {
    case "forward":
      return `${type.isUnion ? "union" : "struct"} ${type.name}`;
    case "struct":
    case "union": {
      if (type.name !== "") return `${type.kind} ${type.name}`;
      const members = type.members
        .slice(0, memberLimit)
        .map((one) => `${spell(btf, one.type, one.name, depth + 3)}${one.bitSize > 0 ? ` : ${one.bitSize}` : ""};`);
      const more = type.members.length > memberLimit ? " …" : "";
      return `${type.kind} { ${members.join(" ")}${more} }`;
    }
    case "enum":
    case "enum64": {
      if (type.name !== "") return `enum ${type.name}`;
      const names = type.values.slice(0, memberLimit).map((one) => one.name);
      return `enum { ${names.join(", ")}${type.values.length > memberLimit ? ", …" : ""} }`;
    }
    default:
      return type.kind;
  }
}

function joined(type: string, inner: string): string {
  return inner === "" ? type : `${type} ${inner}`;
}
