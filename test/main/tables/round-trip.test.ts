import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readBtf } from "../../../main/object/read-btf.ts";
import { describeLayout } from "../../../main/tables/describe-layout.ts";
import { describeMap } from "../../../main/tables/describe-map.ts";
import { formatEntryCells } from "../../../main/tables/format-entry.ts";
import { formatCells, formatJson, type Json } from "../../../main/tables/format-value.ts";
import type { Layout, LayoutNode } from "../../../main/tables/layout.ts";
import { parseCells, parseJson, parseText } from "../../../main/tables/parse-value.ts";
import { compileBpf, preamble } from "../object/compile-bpf.ts";
import { describeMapsOf, pick } from "./map-of.ts";

// No padding anywhere: every bit shows in some cell.
const types: readonly (readonly [string, string])[] = [
  [
    "integers",
    "struct t { __u64 a; __s64 b; __u32 c; __s32 d; __u16 e; __s16 f; __u8 g; __s8 h; __u16 i; } __attribute__((packed))",
  ],
  ["wide integers", "struct t { unsigned __int128 a; __int128 b; }"],
  ["bit fields", "struct t { __u32 a : 3, b : 17, c : 12; __s32 d : 5, e : 27; __u64 f : 40, g : 24; }"],
  [
    "network order",
    "struct t { __be64 a; __be32 saddr; __be32 count; __be16 port; __u8 v[2]; } __attribute__((packed))",
  ],
  [
    "addresses",
    "struct t { __u8 mac[6]; unsigned char addr[4]; __u8 ip[16]; __be32 src[4]; __u8 hash[16]; __u8 odd[7]; } __attribute__((packed))",
  ],
  ["text", "struct t { char name[8]; char one[1]; }"],
  ["floats", "struct t { float f; double d; } __attribute__((packed))"],
  [
    "enums",
    "enum e { A, B = 7, C = 255 }; struct t { enum e e; _Bool yes; char c; __u8 pad[2]; void *p; }  __attribute__((packed))",
  ],
  [
    "arrays",
    "struct in { __u16 x; __u16 y; }; struct t { struct in few[2]; struct in many[40]; __u32 grid[3][2]; __u64 long_[20]; }",
  ],
  [
    "unions",
    "struct t { union { __u64 whole; struct { __u32 low; __u32 high; }; __u8 raw[8]; } u; union { __u32 n; __be32 addr; }; __u32 z; }",
  ],
  ["scalar", "typedef __u64 t_; struct t { t_ only; }"],
];

const value = (layout: Layout) => fc.uint8Array({ minLength: layout.size, maxLength: layout.size });

function layoutOf(definition: string, target: "bpfel" | "bpfeb"): Layout {
  const map = `${definition};\nstruct { __uint(type, 1); __uint(max_entries, 9); __type(key, __u32); __type(value, struct t); } m SEC(".maps");`;
  return pick(describeMapsOf(map, { target }), "m").value;
}

describe("what was formatted parses to the same bytes", () => {
  for (const target of ["bpfel", "bpfeb"] as const) {
    it.each(types)(`%s (${target})`, (_, definition) => {
      const layout = layoutOf(definition, target);
      fc.assert(
        fc.property(value(layout), (bytes) => {
          const expected = Buffer.from(bytes).toString("hex");
          const cells = parseCells(layout, formatCells(layout, bytes), null);
          expect(cells.ok ? Buffer.from(cells.bytes).toString("hex") : cells.failure.message).toBe(expected);
          const text = JSON.stringify(formatJson(layout, bytes));
          const json = parseJson(layout, JSON.parse(text) as Json, null);
          expect(json.ok ? Buffer.from(json.bytes).toString("hex") : json.failure.message).toBe(expected);
          const typed = parseText(layout, text, null);
          expect(typed.ok ? Buffer.from(typed.bytes).toString("hex") : typed.failure.message).toBe(expected);
        }),
        { numRuns: 60 },
      );
    });
  }

  it.each([8, 20])("prefixes of %d bytes", (keySize) => {
    const { key } = describeMap({
      type: "lpm_trie",
      keySize,
      valueSize: 4,
      maxEntries: 9,
      btfKeyTypeId: 0,
      btfValueTypeId: 0,
      btf: null,
      possibleCpus: 1,
    });
    fc.assert(
      fc.property(value(key), fc.nat((keySize - 4) * 8), (bytes, length) => {
        new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, length, true);
        for (const parsed of [
          parseCells(key, formatCells(key, bytes), null),
          parseText(key, formatCells(key, bytes)[0] ?? "", null),
          parseJson(key, formatJson(key, bytes), null),
        ]) {
          expect(parsed.ok ? [...parsed.bytes] : parsed.failure.message).toEqual([...bytes]);
        }
      }),
    );
  });

  it("keeps padding and other fields of an existing value", () => {
    const layout = layoutOf("struct t { __u8 a; __u32 b; __u8 c : 3; __u8 : 5; }", "bpfel");
    fc.assert(
      fc.property(value(layout), (bytes) => {
        const same = parseJson(layout, formatJson(layout, bytes), bytes);
        expect(same.ok && [...same.bytes]).toEqual([...bytes]);
        const partial = parseJson(layout, { b: 1 }, bytes);
        expect(partial.ok && [...partial.bytes]).toEqual(
          [...bytes].map((byte, at) => (at === 4 ? 1 : at > 4 && at < 8 ? 0 : byte)),
        );
      }),
    );
  });
});

describe("tables are total", () => {
  const map = pick(
    describeMapsOf(
      `${types[9]?.[1]};\nstruct { __uint(type, 1); __uint(max_entries, 9); __type(key, __u8[6]); __type(value, struct t); } m SEC(".maps");`,
    ),
    "m",
  );

  it("answers any text and any JSON", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: "binary" })), (text) => {
        for (const layout of [map.key, map.value]) {
          parseText(layout, text, null);
          parseCells(layout, [text], new Uint8Array(layout.size));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("answers bytes of any length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 80 }), (key, bytes) => {
        formatEntryCells(map, key, bytes);
        formatEntryCells({ ...map, perCpu: true, copies: 3, stride: 16 }, key, bytes);
      }),
    );
  });

  it("describes types of random BTF", () => {
    let real = new Uint8Array();
    compileBpf(
      `${preamble}${types[8]?.[1]}; struct t kept; struct in other; SEC("xdp") int x(struct xdp_md *c) { return kept.few[1].x; }`,
      {
        inspect: (path) => {
          const out = `${path}.btf`;
          execFileSync("llvm-objcopy", [
            "-O",
            "binary",
            "--only-section=.BTF",
            "--set-section-flags",
            ".BTF=alloc",
            path,
            out,
          ]);
          real = new Uint8Array(execFileSync("cat", [out]));
        },
      },
    );
    const change = fc.tuple(fc.nat(Math.max(0, real.length - 1)), fc.nat(255));
    expect(readBtf(real).ok).toBe(true);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 10 }), (changes) => {
        const bytes = real.slice();
        for (const [at, byte] of changes) bytes[at] = byte;
        const result = readBtf(bytes);
        if (!result.ok) return;
        for (let id = 0; id < result.btf.typeCount; id++) {
          for (const size of [4, 8, 352]) {
            const layout = describeLayout(result.btf, id, size, "value");
            if (!layout) continue;
            const zeros = new Uint8Array(size);
            const cells = formatCells(layout, zeros);
            expect(cells.length).toBeLessThanOrEqual(128);
            parseCells(layout, cells, zeros);
            parseJson(layout, formatJson(layout, zeros), zeros);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("bounds types that would be endless", () => {
    const depth = (node: LayoutNode): number =>
      node.kind === "field"
        ? 1
        : node.kind === "array"
          ? 1 + depth(node.element)
          : 1 + Math.max(0, ...node.members.map((member) => depth(member.node)));
    // Type 1: a struct of eight bytes with itself as its only member.
    const bytes = new Uint8Array(24 + 24 + 3);
    const view = new DataView(bytes.buffer);
    [0x0001eb9f, 24, 0, 24, 24, 3, 1, (4 << 24) | 1, 8, 1, 1, 0].forEach((word, index) =>
      view.setUint32(index * 4, word, true),
    );
    bytes.set([0, 65, 0], 48);
    const result = readBtf(bytes);
    if (!result.ok) throw new Error(result.failure.message);
    const layout = describeLayout(result.btf, 1, 8, "value");
    expect(layout && depth(layout.root)).toBeLessThan(20);
  });
});
