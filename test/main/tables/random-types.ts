/**
 * Types of C that nobody has seen before: structs, unions, arrays, bit fields, enums, one in the other. Others in each run;
 * the seed stands in the tests' names, and XDPW_SEED brings them back.
 */
import fc from "fast-check";

const given = Number(process.env["XDPW_SEED"]);
const seed = Number.isInteger(given) && given > 0 ? given : Math.floor(Math.random() * 2 ** 31) + 1;
export const saySeed = `random types (XDPW_SEED=${seed})`;

/** What the types below name. */
export const namesOfRandomTypes = `
enum color { RED, GREEN = 5, BLUE = -3 };
enum tiny { NONE, SOME = 100 } __attribute__((packed));
typedef __u16 some_alias;`;

/** C types without floating point: bpftool's JSON of that is none. */
const scalar = fc.constantFrom(
  ...[
    "__u8",
    "__s8",
    "__u16",
    "__s16",
    "__u32",
    "__s32",
    "__u64",
    "__s64",
    "_Bool",
    "char",
    "void *",
    "__be16",
    "__be32",
  ],
  ...["enum color", "enum tiny", "unsigned __int128", "some_alias", "const volatile __u32"],
);
const bits = fc
  .record({
    base: fc.constantFrom("__u8", "__u16", "__u32", "__s32", "__u64", "enum color"),
    width: fc.integer({ min: 1, max: 8 }),
  })
  .map(({ base, width }) => ({ kind: "bits" as const, base, width }));
const plain = scalar.map((base) => ({ kind: "plain" as const, base }));
const array = fc
  .record({
    base: fc.oneof(scalar, fc.constant("__u8"), fc.constant("char")),
    sizes: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 2 }),
  })
  .map(({ base, sizes }) => ({ kind: "array" as const, base, sizes }));
interface Inner {
  readonly kind: "inner";
  readonly of: "struct" | "union";
  readonly named: boolean;
  readonly members: readonly Member[];
  readonly times: number;
}
type Member =
  | { readonly kind: "bits"; readonly base: string; readonly width: number }
  | { readonly kind: "plain"; readonly base: string }
  | { readonly kind: "array"; readonly base: string; readonly sizes: readonly number[] }
  | Inner;
const { members } = fc.letrec<{ readonly member: Member; readonly members: readonly Member[] }>((tie) => ({
  member: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    ...[plain, bits, array],
    fc.record({
      kind: fc.constant("inner" as const),
      of: fc.constantFrom("struct" as const, "union" as const),
      named: fc.boolean(),
      members: tie("members"),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  ),
  members: fc.array(tie("member"), { minLength: 1, maxLength: 5 }),
}));

function spell(list: readonly Member[], prefix = "m"): string {
  // beside bit fields the kernel takes every enum for one of four bytes (btf_enum_check_kflag_member), and refuses the BTF
  const hasBits = list.some(({ kind }) => kind === "bits");
  return list
    .map((member, index) => {
      const name = `${prefix}${index}`;
      switch (member.kind) {
        case "plain":
          return `${hasBits && member.base === "enum tiny" ? "enum color" : member.base} ${name};`;
        case "bits":
          return `${member.base} ${name} : ${member.width};`;
        case "array":
          return `${member.base} ${name}${member.sizes.map((size) => `[${size}]`).join("")};`;
        case "inner": {
          const body = `${member.of} { ${spell(member.members, `${name}_`)} }`;
          if (!member.named) return `${body};`;
          return `${body} ${name}${member.times > 1 ? `[${member.times}]` : ""};`;
        }
      }
    })
    .join(" ");
}

/** Bodies of so many structs. */
export function randomTypes(count: number): readonly string[] {
  return fc.sample(members, { numRuns: count, seed }).map((list) => spell(list));
}
