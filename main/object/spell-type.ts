/** Types of BTF as C declares them. */
import type { BtfType } from "./btf-types.ts";
import { type Btf, btfType } from "./read-btf.ts";

/** Deeper than any declaration that somebody reads; a damaged BTF can loop. */
const depthLimit = 24;
/** Anonymous structs in a declaration are written out up to here. */
const memberLimit = 8;
/** Types in one declaration: functions that take functions that take functions would never end. */
const partLimit = 512;

interface Walk {
  readonly btf: Btf;
  parts: number;
}

/**
 * A declaration of `name` with that type, as `__u8 mac[6]` or `int (*filter)(struct xdp_md *)`; with an empty name, the
 * type alone. Structs, unions and enums with a name are not written out. Total.
 */
export function declare(btf: Btf, typeId: number, name: string): string {
  return spell({ btf, parts: 0 }, typeId, name, 0);
}

function spell(walk: Walk, typeId: number, inner: string, depth: number): string {
  if (depth > depthLimit || ++walk.parts > partLimit) return joined("…", inner);
  const type = btfType(walk.btf, typeId);
  switch (type.kind) {
    case "void":
      return joined("void", inner);
    case "pointer": {
      const target = btfType(walk.btf, type.type);
      // of arrays and functions the star binds less than what follows it
      const star = target.kind === "array" || target.kind === "prototype" ? `(*${inner})` : `*${inner}`;
      return spell(walk, type.type, star, depth + 1);
    }
    case "array":
      return spell(walk, type.type, `${inner}[${type.length}]`, depth + 1);
    case "prototype": {
      const parameters = type.parameters.slice(0, Math.max(0, partLimit - walk.parts)).map((one, index) =>
        // the last of a variadic function is void and has no name
        one.type === 0 && one.name === "" && index === type.parameters.length - 1
          ? "..."
          : spell(walk, one.type, one.name, depth + 1),
      );
      return spell(walk, type.type, `${inner}(${parameters.join(", ") || "void"})`, depth + 1);
    }
    case "const":
    case "volatile":
    case "restrict":
      return qualified(walk, type.kind, type.type, inner, depth);
    case "typeTag":
      return spell(walk, type.type, joined(`__attribute__((btf_type_tag("${type.name}")))`, inner), depth + 1);
    case "struct":
    case "union":
    case "enum":
    case "enum64":
    case "forward":
      return joined(tagged(walk, type, depth), inner);
    case "function":
    case "variable":
      return spell(walk, type.type, inner === "" ? type.name : inner, depth + 1);
    default:
      return joined(type.name, inner);
  }
}

/** A qualifier of a pointer stands behind its star, any other before the type. */
function qualified(walk: Walk, word: string, target: number, inner: string, depth: number): string {
  const { kind } = btfType(walk.btf, target);
  if (kind === "pointer") return spell(walk, target, joined(word, inner), depth + 1);
  return `${word} ${spell(walk, target, inner, depth + 1)}`;
}

function tagged(walk: Walk, type: BtfType, depth: number): string {
  switch (type.kind) {
    case "forward":
      return `${type.isUnion ? "union" : "struct"} ${type.name}`;
    case "struct":
    case "union": {
      if (type.name !== "") return `${type.kind} ${type.name}`;
      const members = type.members
        .slice(0, memberLimit)
        .map((one) => `${spell(walk, one.type, one.name, depth + 3)}${one.bitSize > 0 ? ` : ${one.bitSize}` : ""};`);
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
