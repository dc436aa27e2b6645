import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Conversion, planConversion } from "../../../main/tables/convert-layout.ts";
import { makeLayout } from "../../../main/tables/describe-layout.ts";
import { formatJson } from "../../../main/tables/format-value.ts";
import type { Layout } from "../../../main/tables/layout.ts";
import { parseJson } from "../../../main/tables/parse-value.ts";
import { describeMapsOf, pick } from "./map-of.ts";

/** old and newer fields of a value; its JSON before and after, null where it does not fit; what the diff says */
const examples: readonly (readonly [string, string, string, object, object | null, readonly string[]])[] = [
  ["wider", "__u32 n;", "__u64 n;", { n: 4_000_000_000 }, { n: "4000000000" }, ["n converted"]],
  ["wider and signed", "__s16 n;", "__s64 n;", { n: -7 }, { n: "-7" }, ["n converted"]],
  ["a sign that fits", "__u32 n;", "__s32 n;", { n: 5 }, { n: 5 }, ["n converted"]],
  ["a sign that does not fit", "__s32 n;", "__u64 n;", { n: -5 }, null, ["n converted"]],
  ["narrower that fits", "__u64 n;", "__u8 n;", { n: "255" }, { n: 255 }, ["n converted"]],
  ["narrower that does not fit", "__u64 n;", "__u8 n;", { n: "256" }, null, ["n converted"]],
  [
    "gained and lost",
    "__u8 a; __u16 b;",
    "__u16 b; __u32 c;",
    { a: 1, b: 2 },
    { b: 2, c: 0 },
    ["b same", "c new", "a gone"],
  ],
  ["another order", "__u8 a; __u32 b;", "__u32 b; __u8 a;", { a: 1, b: 2 }, { b: 2, a: 1 }, ["b same", "a same"]],
  [
    "nested",
    "struct { __u16 x; struct { __u8 z; } in; } s;",
    "struct { struct { __u32 z; __u32 w; } in; __u16 x; } s;",
    { s: { x: 3, in: { z: 4 } } },
    { s: { in: { z: 4, w: 0 }, x: 3 } },
    ["s.in.z converted", "s.in.w new", "s.x same"],
  ],
  [
    "an array of structs that grew",
    "struct { __u16 x; } list[2];",
    "struct { __u32 x; __u32 y; } list[3];",
    { list: [{ x: 1 }, { x: 2 }] },
    {
      list: [
        { x: 1, y: 0 },
        { x: 2, y: 0 },
        { x: 0, y: 0 },
      ],
    },
    ["list converted", "list[].x converted", "list[].y new"],
  ],
  ["numbers that grew in number", "__u32 n[2];", "__u32 n[3];", { n: [1, 2] }, { n: [1, 2, 0] }, ["n converted"]],
  ["a shorter array whose rest is zero", "__u32 n[3];", "__u32 n[1];", { n: [9, 0, 0] }, { n: [9] }, ["n converted"]],
  ["a shorter array whose rest is not", "__u32 n[3];", "__u32 n[1];", { n: [9, 0, 1] }, null, ["n converted"]],
  ["text that grew", "char name[4];", "char name[8];", { name: "eth0" }, { name: "eth0" }, ["name converted"]],
  ["text that shrank", "char name[8];", "char name[4];", { name: "wlan1" }, null, ["name converted"]],
  ["bytes to text", "__u8 name[4];", "char name[4];", { name: "0x61620000" }, { name: "ab" }, ["name same"]],
  ["an enum by value", "enum { OFF, ON } e;", "__u64 e;", { e: "ON" }, { e: "1" }, ["e converted"]],
  [
    "a flag that became a _Bool",
    "__u8 b; __u8 c;",
    "_Bool b; __u8 c;",
    { b: 1, c: 9 },
    { b: true, c: 9 },
    ["b converted", "c same"],
  ],
  ["a number that is no flag", "__u8 b;", "_Bool b;", { b: 2 }, null, ["b converted"]],
  [
    "byte order that was not said",
    "__u32 n; __u8 a;",
    "__be32 n; __u8 a;",
    { n: 1, a: 2 },
    { n: 0, a: 2 },
    ["n unlike", "a same"],
  ],
  [
    "network order",
    "__be16 port;",
    "__be16 port; __be32 saddr;",
    { port: 80 },
    { port: 80, saddr: "0.0.0.0" },
    ["port same", "saddr new"],
  ],
  [
    "an address spelled otherwise",
    "__be32 saddr;",
    "__u8 saddr[4];",
    { saddr: "192.0.2.1" },
    { saddr: "192.0.2.1" },
    ["saddr same"],
  ],
  [
    "IPv4 to IPv6",
    "__u8 addr[4]; __u8 a;",
    "__u8 addr[16]; __u8 a;",
    { addr: "192.0.2.1", a: 1 },
    { addr: "::", a: 1 },
    ["addr unlike", "a same"],
  ],
  [
    "a struct that became a number",
    "struct { __u8 x; } s; __u8 a;",
    "__u8 s; __u8 a;",
    { s: { x: 4 }, a: 1 },
    { s: 0, a: 1 },
    ["s unlike", "a same"],
  ],
  [
    "the same union",
    "union { __u32 n; __u8 raw[4]; } u; __u8 a;",
    "__u8 b; union { __u32 n; __u8 raw[4]; } u;",
    { u: { n: 7 }, a: 1 },
    { b: 0, u: { n: 7, raw: "0x07000000" } },
    ["b new", "u same", "a gone"],
  ],
  [
    "another union",
    "union { __u32 n; __u8 raw[4]; } u; __u8 a;",
    "union { __u64 n; __u8 raw[4]; } u; __u8 a;",
    { u: { n: 7 }, a: 1 },
    { u: { n: "0", raw: "0x00000000" }, a: 1 },
    ["u unlike", "a same"],
  ],
  [
    "members of an anonymous struct",
    "struct { __u8 a; __u8 b; };",
    "__u32 b; __u8 a;",
    { a: 1, b: 2 },
    { b: 2, a: 1 },
    ["b converted", "a same"],
  ],
  [
    "bit fields",
    "__u32 a : 3, b : 7;",
    "__u8 b; __u32 a : 9;",
    { a: 5, b: 100 },
    { b: 100, a: 5 },
    ["b converted", "a converted"],
  ],
  ["doubles", "float f;", "double f;", { f: 1.5 }, { f: 1.5 }, ["f converted"]],
  [
    "pointers are numbers",
    "void *p;",
    "__u32 a; void *p;",
    { p: "0x1234" },
    { a: 0, p: "0x1234" },
    ["a new", "p same"],
  ],
];

describe.each(["bpfel", "bpfeb"] as const)("from one struct to a newer one (%s)", (target) => {
  it.each(examples)("%s", (_what, old, newer, before, after, changes) => {
    const [from, to] = [layoutOf(old, target), layoutOf(newer, target)];
    const conversion = planConversion(from, to, "value");
    expect(conversion.changes.map(({ path, what }) => `${path} ${what}`)).toEqual(changes);
    const converted = conversion.convert(bytesOf(from, before));
    // bytes that are read in the machine's order are not the same number on the other
    const given = JSON.parse(
      JSON.stringify(after).replace("0x07000000", target === "bpfel" ? "0x07000000" : "0x00000007"),
    );
    expect(converted === null ? null : formatJson(to, converted)).toEqual(given);
  });

  it("leaves what is new in a section as it is declared", () => {
    const [from, to] = [layoutOf("__u32 a;", target), layoutOf("__u64 a; __u32 b;", target)];
    const base = bytesOf(to, { a: "1", b: 6 });
    const converted = planConversion(from, to, "value").convert(bytesOf(from, { a: 9 }), base);
    expect(formatJson(to, converted ?? new Uint8Array())).toEqual({ a: "9", b: 6 });
  });
});

it("carries nothing between values that have nothing in common", () => {
  const carries = (old: string, newer: string): boolean =>
    planConversion(layoutOf(old, "bpfel"), layoutOf(newer, "bpfel"), "value").carries;
  expect(carries("__u32 a;", "__u32 b;")).toBe(false);
  expect(carries("__u32 a;", "__u32 a; __u32 b;")).toBe(true);
});

interface Field {
  readonly name: string;
  readonly bytes: 1 | 2 | 4 | 8;
  readonly signed: boolean;
}

/** Against a model that knows integers only: what fits arrives as the same number, what does not is refused. */
it("carries every number that fits, by name", () => {
  const field = (name: string) =>
    fc.record({ name: fc.constant(name), bytes: fc.constantFrom(1, 2, 4, 8), signed: fc.boolean() });
  const struct = fc
    .subarray(["a", "b", "c", "d", "e"], { minLength: 1 })
    .chain((names) => fc.shuffledSubarray(names, { minLength: names.length }))
    .chain((names) => fc.tuple(...names.map(field)));
  const value = fc.uint8Array({ minLength: 40, maxLength: 40 });
  const order = fc.boolean();
  fc.assert(
    fc.property(struct, struct, value, order, (old, newer, random, littleEndian) => {
      const [from, to] = [packed(old, littleEndian), packed(newer, littleEndian)];
      const source = random.subarray(0, from.size);
      const numbers = read(old, source, littleEndian);
      const expected = newer.map(({ name, bytes, signed }) => {
        const number = numbers.get(name) ?? 0n;
        const width = bytes * 8;
        const fits = (signed ? BigInt.asIntN(width, number) : BigInt.asUintN(width, number)) === number;
        return fits ? number : null;
      });
      const converted = planConversion(from, to, "value").convert(source);
      if (expected.includes(null)) expect(converted).toBeNull();
      else expect([...read(newer, converted ?? new Uint8Array(to.size), littleEndian).values()]).toEqual(expected);
    }),
    { numRuns: 2000 },
  );
});

it("is without loss from a layout to itself, whatever the bytes", () => {
  for (const [, old, newer] of examples) {
    for (const layout of [layoutOf(old, "bpfel"), layoutOf(newer, "bpfel")]) {
      const conversion: Conversion = planConversion(layout, layout, "value");
      expect(conversion.changes.every(({ what }) => what === "same")).toBe(true);
      fc.assert(
        fc.property(fc.uint8Array({ minLength: layout.size, maxLength: layout.size }), (bytes) => {
          const converted = conversion.convert(bytes);
          expect(formatJson(layout, converted ?? new Uint8Array())).toEqual(formatJson(layout, bytes));
        }),
        { numRuns: 20 },
      );
    }
  }
});

const known = new Map<string, Layout>();
function layoutOf(fields: string, target: "bpfel" | "bpfeb"): Layout {
  const found = known.get(`${target} ${fields}`);
  if (found !== undefined) return found;
  const map = `struct t { ${fields} };\nstruct { __uint(type, 1); __uint(max_entries, 9); __type(key, __u32); __type(value, struct t); } m SEC(".maps");`;
  const layout = pick(describeMapsOf(map, { target }), "m").value;
  known.set(`${target} ${fields}`, layout);
  return layout;
}

function bytesOf(layout: Layout, json: object): Uint8Array {
  const parsed = parseJson(layout, JSON.parse(JSON.stringify(json)), null);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.bytes;
}

function packed(fields: readonly Field[], littleEndian: boolean): Layout {
  let offset = 0;
  const members = fields.map(({ name, bytes, signed }) => {
    const form = { as: "integer", signed, network: false, hex: false } as const;
    const type = `${signed ? "s" : "u"}${bytes * 8}`;
    const node = { kind: "field", type, size: bytes, bitOffset: 0, bitSize: bytes * 8, form } as const;
    offset += bytes;
    return { name, offset: offset - bytes, node };
  });
  return makeLayout({ kind: "struct", type: "t", size: offset, members, prefix: false }, "value", littleEndian);
}

function read(fields: readonly Field[], bytes: Uint8Array, littleEndian: boolean): Map<string, bigint> {
  let offset = 0;
  const numbers = new Map<string, bigint>();
  for (const { name, bytes: size, signed } of fields) {
    const own = Array.from(bytes.subarray(offset, offset + size));
    const digits = (littleEndian ? own.toReversed() : own).map((byte) => byte.toString(16).padStart(2, "0"));
    const bits = BigInt(`0x${digits.join("")}`);
    numbers.set(name, signed ? BigInt.asIntN(size * 8, bits) : bits);
    offset += size;
  }
  return numbers;
}
