import type { BtfComposite, BtfEnum } from "./btf-types.ts";
import { type Btf, btfType } from "./read-btf.ts";
import { resolveBtfType } from "./resolve-btf.ts";

const depthLimit = 32;
const pairLimit = 20_000;

/**
 * Whether bytes of the one type may be read as the other: the same kinds, sizes, offsets and field names all the way
 * down, whatever the ids. The tags of structs and names of typedefs do not matter, but for those that tell a byte order
 * (__be32). Enums may have gained or lost names, as long as no name has another value. Pointers are not followed.
 */
export function sameType(one: Btf, oneId: number, other: Btf, otherId: number): boolean {
  return same({ one, other, known: new Map(), pairs: 0 }, oneId, otherId, 0);
}

interface Comparison {
  readonly one: Btf;
  readonly other: Btf;
  readonly known: Map<string, boolean>;
  pairs: number;
}

function same(comparison: Comparison, oneId: number, otherId: number, depth: number): boolean {
  // What nobody can walk through is not the same.
  if (depth > depthLimit || ++comparison.pairs > pairLimit) return false;
  const pair = `${oneId} ${otherId}`;
  const known = comparison.known.get(pair);
  if (known !== undefined) return known;
  const answer = compare(comparison, oneId, otherId, depth);
  comparison.known.set(pair, answer);
  return answer;
}

function compare(comparison: Comparison, oneId: number, otherId: number, depth: number): boolean {
  const { type: one, typedefs } = resolveBtfType(comparison.one, oneId);
  const { type: other, typedefs: otherTypedefs } = resolveBtfType(comparison.other, otherId);
  if (byteOrder(typedefs) !== byteOrder(otherTypedefs)) return false;
  switch (one.kind) {
    case "int":
      return (
        other.kind === "int" &&
        one.size === other.size &&
        one.bits === other.bits &&
        one.bitOffset === other.bitOffset &&
        one.signed === other.signed &&
        one.bool === other.bool
      );
    case "enum":
    case "enum64":
      return (other.kind === "enum" || other.kind === "enum64") && sameEnum(one, other);
    case "float":
      return other.kind === "float" && one.size === other.size;
    case "pointer":
      return other.kind === "pointer";
    case "array":
      return other.kind === "array" && one.length === other.length && same(comparison, one.type, other.type, depth + 1);
    case "struct":
    case "union":
      return other.kind === one.kind && sameMembers(comparison, one, other, depth);
    default:
      return false;
  }
}

function sameMembers(comparison: Comparison, one: BtfComposite, other: BtfComposite, depth: number): boolean {
  if (one.size !== other.size || one.members.length !== other.members.length) return false;
  return one.members.every((member, index) => {
    const twin = other.members[index];
    return (
      twin !== undefined &&
      member.name === twin.name &&
      member.bitOffset === twin.bitOffset &&
      member.bitSize === twin.bitSize &&
      same(comparison, member.type, twin.type, depth + 1)
    );
  });
}

function sameEnum(one: BtfEnum, other: BtfEnum): boolean {
  if (one.size !== other.size) return false;
  const values = new Map(other.values.map(({ name, value }) => [name, BigInt.asUintN(64, value)]));
  return one.values.every(
    ({ name, value }) => (values.get(name) ?? BigInt.asUintN(64, value)) === BigInt.asUintN(64, value),
  );
}

function byteOrder(typedefs: readonly string[]): string {
  return typedefs.find((name) => /^__(be|le)(16|32|64)$/.test(name))?.slice(0, 4) ?? "";
}

/** The names that BTF keeps of all maps of an object, the running one's too: the kernel keeps 15 characters. */
export function mapNames(btf: Btf): readonly string[] {
  for (let id = btf.typeCount - 1; id > 0; id--) {
    const type = btfType(btf, id);
    if (type.kind !== "dataSection" || type.name !== ".maps") continue;
    return type.variables.flatMap((entry) => {
      const variable = btfType(btf, entry.type);
      return variable.kind === "variable" ? [variable.name] : [];
    });
  }
  return [];
}
