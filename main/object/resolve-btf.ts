import type { BtfType } from "./btf-types.ts";
import { type Btf, btfType } from "./read-btf.ts";

/** Chains of typedefs and qualifiers, and arrays of arrays, in C code stay far below; a damaged BTF can loop. */
const chainLimit = 64;

/** The type behind typedefs and qualifiers, with the typedef names met on the way, outermost first. */
export function resolveBtfType(btf: Btf, id: number): { readonly type: BtfType; readonly typedefs: readonly string[] } {
  const typedefs: string[] = [];
  let type = btfType(btf, id);
  for (let step = 0; step < chainLimit; step++) {
    switch (type.kind) {
      case "typedef":
        typedefs.push(type.name);
        type = btfType(btf, type.type);
        break;
      case "const":
      case "volatile":
      case "restrict":
      case "typeTag":
      case "declTag":
      case "variable":
        type = btfType(btf, type.type);
        break;
      default:
        return { type, typedefs };
    }
  }
  return { type: { id, kind: "void" }, typedefs };
}

/** Size in bytes of a value of the type; null for what has none (void, functions, loops of a damaged BTF). */
export function btfSize(btf: Btf, id: number): number | null {
  let count = 1;
  let current = id;
  for (let step = 0; step < chainLimit; step++) {
    const { type } = resolveBtfType(btf, current);
    switch (type.kind) {
      case "int":
      case "struct":
      case "union":
      case "enum":
      case "enum64":
      case "float":
      case "dataSection":
        return count * type.size;
      case "pointer":
        return count * 8;
      case "array":
        count *= type.length;
        current = type.type;
        break;
      default:
        return null;
    }
  }
  return null;
}
