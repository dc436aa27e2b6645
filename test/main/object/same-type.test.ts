import fc from "fast-check";
import { expect, it } from "vitest";
import { inspectObject } from "../../../main/object/inspect-object.ts";
import { type Btf, readBtf } from "../../../main/object/read-btf.ts";
import { mapNames, sameType } from "../../../main/object/same-type.ts";
import { compileBpf, preamble } from "./compile-bpf.ts";

/** old C, newer C, whether the bytes mean the same */
const pairs: readonly (readonly [string, string, boolean])[] = [
  ["__u64 a; __u64 b;", "__u64 a; __u64 b;", true],
  ["__u64 a; __u64 b;", "unsigned long long a; __u64 b;", true],
  ["const volatile __u64 a;", "__u64 a;", true],
  ["__u64 a; __u64 b;", "__u64 b; __u64 a;", false],
  ["__u64 a;", "__s64 a;", false],
  ["__u32 a; __u32 b;", "__u32 a; __u32 renamed;", false],
  ["__u32 a;", "__u32 a; __u32 b;", false],
  ["__u32 a;", "__be32 a;", false],
  ["__be32 a;", "__be32 a;", true],
  ["__u8 a;", "_Bool a;", false],
  ["__u32 a[4];", "__u32 a[4];", true],
  ["__u32 a[4];", "__u32 a[3]; __u32 b;", false],
  ["char a[8];", "__u8 a[8];", false],
  ["__u32 a : 3, b : 5;", "__u32 a : 3, b : 5;", true],
  ["__u32 a : 3, b : 5;", "__u32 a : 4, b : 4;", false],
  ["struct { __u16 x; __u16 y; } in;", "struct tagged { __u16 x; __u16 y; } in;", true],
  ["struct { __u16 x; __u16 y; } in;", "struct { __u16 x; __s16 y; } in;", false],
  ["struct { __u16 x; } in[2];", "union { __u16 x; } in[2];", false],
  ["union { __u32 n; __u8 raw[4]; };", "union { __u32 n; __u8 raw[4]; };", true],
  ["union { __u32 n; __u8 raw[4]; };", "union { __u32 n; __u16 raw[2]; };", false],
  ["enum { OFF, ON } a;", "enum { OFF, ON, AUTO } a;", true],
  ["enum { OFF, ON } a;", "enum { ON, OFF } a;", false],
  ["enum { OFF, ON } a;", "__u32 a;", false],
  ["void *a;", "char *a;", true],
  ["void *a;", "__u64 a;", false],
  ["float a;", "float a;", true],
  ["float a;", "__u32 a;", false],
];

const map = (index: number): string =>
  `struct { __uint(type, 1); __uint(max_entries, 9); __type(key, __u32); __type(value, struct t${index}); } m${index} SEC(".maps");`;

/** The types of one column of the table, in an order of their own so that ids and string offsets differ. */
function typesOf(column: 0 | 1): { readonly btf: Btf; readonly type: (index: number) => number } {
  const all = pairs.map((pair, index) => ({ text: pair[column], index }));
  const ordered = column === 0 ? all : all.toReversed();
  // C enumerators share one scope: each pair is an object of its own where it has any
  const plain = ordered.filter(({ text }) => !text.includes("enum"));
  const structs = plain.map(({ text, index }) => `struct t${index} { ${text} };\n${map(index)}`);
  return compiled(structs.join("\n"), new Set(plain.map(({ index }) => index)));
}

function compiled(definitions: string, indices: ReadonlySet<number>) {
  const uses = [...indices].map((index) => `map_lookup(&m${index}, ctx);`).join(" ");
  const read = inspectObject(
    compileBpf(`${preamble}${definitions}\nSEC("xdp") int use(struct xdp_md *ctx) { ${uses} return 2; }`),
  );
  if (!read.ok || read.object.btf === null) throw new Error("it does not compile");
  const { btf, maps } = read.object;
  return { btf, type: (index: number) => maps.find(({ name }) => name === `m${index}`)?.valueTypeId ?? 0 };
}

const [old, newer] = [typesOf(0), typesOf(1)];

it.each(pairs.map((pair, index) => [...pair, index] as const))("%s | %s: %s", (before, after, expected, index) => {
  const single = (text: string) => compiled(`struct t${index} { ${text} };\n${map(index)}`, new Set([index]));
  const [one, other] = before.includes("enum") ? [single(before), single(after)] : [old, newer];
  expect(one.type(index)).toBeGreaterThan(0);
  expect(sameType(one.btf, one.type(index), other.btf, other.type(index))).toBe(expected);
  expect(sameType(other.btf, other.type(index), one.btf, one.type(index))).toBe(expected);
  expect(sameType(one.btf, one.type(index), one.btf, one.type(index))).toBe(true);
});

it("tells the whole names of an object's maps", () => {
  expect(mapNames(old.btf)).toContain("m0");
});

it("answers damaged BTF, and itself the same way in both directions", () => {
  const bytes = btfBytes(old.btf);
  const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const damaged = new Uint8Array(bytes);
      for (const [at, value] of changes) damaged[at] = value;
      const read = readBtf(damaged);
      if (!read.ok) return;
      for (const [index] of pairs.entries()) {
        const id = old.type(index);
        expect(sameType(old.btf, id, read.btf, id)).toBe(sameType(read.btf, id, old.btf, id));
      }
    }),
    { numRuns: 300 },
  );
});

function btfBytes({ types, strings }: Btf): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt16LE(0xeb9f, 0);
  header.writeUInt8(1, 2);
  header.writeUInt32LE(24, 4);
  header.writeUInt32LE(types.length, 12);
  header.writeUInt32LE(types.length, 16);
  header.writeUInt32LE(strings.length, 20);
  return Buffer.concat([header, types, strings]);
}
