import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { objectTree } from "../../../protocol/views.ts";
import { inspectObject } from "../../../main/object/inspect-object.ts";
import { mapFlagNames } from "../../../main/object/map-flags.ts";
import { readBtf } from "../../../main/object/read-btf.ts";
import { readElf } from "../../../main/object/read-elf.ts";
import { sectionFlagNames, sectionTypeName } from "../../../main/object/section-words.ts";
import { declare } from "../../../main/object/spell-type.ts";
import { describeObject } from "../../../main/views/describe-object.ts";
import { compileBpf, lineOf, preamble } from "../object/compile-bpf.ts";
import { read } from "./build-template.ts";

const source = `${preamble}
enum verdict { PASS = 2, DROP = 1 };
struct inner { __u8 mac[6]; __be32 address; };
struct rule {
  struct inner in;
  union { __u32 word; __u8 bytes[4]; };
  enum verdict verdict : 3;
  __u32 rest : 29;
  int (*apply)(struct xdp_md *ctx, const char *const *names);
  struct rule *next;
  long long table[3][2];
};
typedef int (*callback_t)(void *, ...);
const volatile __u32 limit = 42;
struct inner gateway = { { 2, 0, 0, 0, 0, 1 }, 0x010200c0 };
static volatile __u64 seen;
char name[8] SEC(".data.names") = "eth0";
callback_t volatile hook;
struct rule *volatile head;
struct { __uint(type, 11); __uint(max_entries, 256); __uint(map_flags, 1); __type(key, struct inner); __type(value, struct rule); __uint(pinning, 1); }
  routes SEC(".maps");
struct { __uint(type, 1); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 8); } plain SEC(".maps");
static __noinline int deepest(struct xdp_md *ctx) { seen++; return ctx->data; }
static __noinline int middle(struct xdp_md *ctx) {
  __u32 key = 0;
  return map_lookup(&plain, &key) ? deepest(ctx) : 0;
}
SEC("xdp") int first(struct xdp_md *ctx) {
  struct inner key = {};
  if (limit && name[1] && hook && head) return middle(ctx);
  return map_lookup(&routes, &key) ? 1 : gateway.address;
}
SEC("kprobe/tcp_connect") int second(void *ctx) { return 0; }`;

function treeOf(bytes: Uint8Array, text: string | null = source) {
  const { contents, elf } = read(bytes);
  return objectTree.parse(describeObject(contents, bytes, elf, "/work/test.o", text));
}

describe("an object as a tree", () => {
  const bytes = compileBpf(source);
  const tree = treeOf(bytes);

  it("says what the file is", () => {
    expect(tree).toMatchObject({
      format: "ELF 64-bit little-endian, BPF",
      bytes: bytes.length,
      license: "Dual BSD/GPL",
    });
    expect(tree.notes).toEqual([]);
    const sections = new Map(tree.sections.map((section) => [section.name, section]));
    expect(sections.get("xdp")).toMatchObject({ type: "PROGBITS", flags: "ALLOC EXECINSTR" });
    expect(sections.get(".bss")).toMatchObject({ type: "NOBITS", flags: "WRITE ALLOC" });
    expect(sections.get(".symtab")).toMatchObject({ type: "SYMTAB" });
    expect(sections.get("xdp")?.bytes).toBe((tree.programs[0]?.instructions ?? 0) * 8);
  });

  it("tells what each program calls, its maps through what it calls, and its line", () => {
    expect(tree.programs).toMatchObject([
      {
        ...{ name: "first", section: "xdp", type: "xdp", calls: ["middle", "deepest"] },
        at: { line: lineOf(source, "int first") },
      },
      { name: "second", section: "kprobe/tcp_connect", type: "kprobe", calls: [], maps: [] },
    ]);
    expect(tree.programs[0]?.maps.toSorted()).toEqual(["plain", "routes"]);
    expect(tree.programs[0]?.at?.file.startsWith("/")).toBe(true);
  });

  it("describes maps with their C types, flags by name and lines", () => {
    expect(tree.maps).toEqual([
      {
        ...{ name: "routes", type: "lpm_trie", key: "struct inner", value: "struct rule" },
        ...{ keySize: 12, valueSize: 88, maxEntries: 256, flags: ["BPF_F_NO_PREALLOC"], pinned: true },
        at: { file: "/work/test.o", line: lineOf(source, "  routes SEC") },
      },
      {
        ...{ name: "plain", type: "hash", key: "4 bytes", value: "8 bytes", keySize: 4, valueSize: 8, maxEntries: 4 },
        ...{ flags: [], pinned: false, at: { file: "/work/test.o", line: lineOf(source, "plain SEC") } },
      },
    ]);
    expect(mapFlagNames(0)).toEqual([]);
    expect(mapFlagNames(0x8000_0003)).toEqual(["BPF_F_NO_PREALLOC", "BPF_F_NO_COMMON_LRU", "0x80000000"]);
  });

  it("shows globals with what the object declares", () => {
    const globals = new Map(tree.globals.map((one) => [one.name, one]));
    expect(globals.get("limit")).toEqual({ section: ".rodata", name: "limit", type: "__u32", bytes: 4, value: "42" });
    expect(globals.get("gateway")).toMatchObject({ section: ".data", type: "struct inner" });
    expect(globals.get("gateway")?.value).toContain('"mac":"02:00:00:00:00:01"');
    expect(globals.get("gateway")?.value).toContain("192.0.2.1");
    expect(globals.get("name")).toMatchObject({ section: ".data.names", type: "char [8]", value: "eth0" });
    expect(globals.get("seen")).toMatchObject({ section: ".bss", type: "__u64", value: "0" });
    expect(globals.get("head")).toMatchObject({ type: "struct rule *", value: "0x0" });
  });

  it("writes types as C, with members at their offsets", () => {
    const rule = tree.types.find(({ kind, name }) => kind === "struct" && name === "rule");
    expect(rule).toMatchObject({ bytes: 88, declaration: "struct rule" });
    expect(rule?.members).toEqual([
      "0: struct inner in",
      "12: union { __u32 word; __u8 bytes[4]; }",
      "16.0: enum verdict verdict : 3",
      "16.3: __u32 rest : 29",
      "24: int (*apply)(struct xdp_md *, const char *const *)",
      "32: struct rule *next",
      "40: long long table[3][2]",
    ]);
    expect(tree.types.find(({ name }) => name === "verdict")?.members).toEqual(["PASS = 2", "DROP = 1"]);
    const declarations = tree.types.map(({ declaration }) => declaration);
    expect(declarations).toContain("typedef int (*callback_t)(void *, ...)");
    expect(declarations).toContain("static int deepest(struct xdp_md *ctx)");
    expect(declarations).toContain("int first(struct xdp_md *ctx)");
    expect(declarations).toContain("const volatile __u32 limit");
    expect(tree.types.every(({ id }, index) => id === index + 1)).toBe(true);
  });

  it("does without BTF", () => {
    const bare = treeOf(compileBpf(source, { flags: [] }));
    expect(bare.types).toEqual([]);
    expect(bare.notes.join("\n")).toContain("no BTF");
    expect(bare.programs.map(({ name, calls }) => [name, calls])).toEqual([
      ["first", ["middle", "deepest"]],
      ["second", []],
    ]);
    expect(bare.programs[0]?.at).toBeNull();
    expect(bare.programs[0]?.maps.toSorted()).toEqual(["plain", "routes"]);
    expect(bare.globals).toContainEqual(
      expect.objectContaining({ section: ".rodata", name: "limit", type: "4 bytes", value: "0x2a000000" }),
    );
    expect(bare.globals).toContainEqual(expect.objectContaining({ section: ".bss", name: "seen", bytes: 8 }));
  });

  it("reads a big-endian object alike", () => {
    const big = treeOf(compileBpf(source, { target: "bpfeb" }));
    expect(big.format).toBe("ELF 64-bit big-endian, BPF");
    expect(big.notes.join("\n")).toContain("big-endian");
    const little = treeOf(compileBpf(source, { target: "bpfel" }));
    for (const part of ["maps", "types"] as const) expect(big[part]).toEqual(little[part]);
    expect(big.programs.map(({ maps, calls }) => [maps, calls])).toEqual(
      little.programs.map(({ maps, calls }) => [maps, calls]),
    );
    expect(big.globals.find(({ name }) => name === "limit")?.value).toBe("42");
  });

  it("answers objects with any bytes changed", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }),
        (changes) => {
          const changed = Buffer.from(bytes);
          for (const [at, byte] of changes) changed[at] = byte;
          const inspected = inspectObject(changed, "x");
          const elf = readElf(changed);
          if (!inspected.ok || !elf.ok) return;
          objectTree.parse(describeObject(inspected.object, changed, elf.elf, "/tmp/x.o", source));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("ends with types that contain themselves", () => {
    const { contents } = read(bytes);
    const { btf } = contents;
    if (btf === null) throw new Error("no BTF");
    const types = Buffer.from(btf.types);
    // every reference becomes one to the first pointer, which so points to itself
    const pointer = tree.types.find(({ kind }) => kind === "ptr")?.id ?? 1;
    for (const offset of btf.offsets) {
      const kind = (types.readUInt32LE(offset + 4) >>> 24) & 0x1f;
      if ([2, 8, 9, 10, 11, 14].includes(kind)) types.writeUInt32LE(pointer, offset + 8);
    }
    for (let id = 0; id < btf.typeCount; id++) expect(declare({ ...btf, types }, id, "x").length).toBeLessThan(4096);
  });

  it("ends with functions that take many of themselves", () => {
    // struct btf_type of a func_proto with 200 parameters, each a pointer to it
    const types = Buffer.alloc(12 + 200 * 8 + 12);
    types.writeUInt32LE((13 << 24) | 200, 4);
    for (let index = 0; index < 200; index++) types.writeUInt32LE(2, 12 + index * 8 + 4);
    types.writeUInt32LE(2 << 24, 12 + 1600 + 4);
    types.writeUInt32LE(1, 12 + 1600 + 8);
    const header = Buffer.from([0x9f, 0xeb, 1, 0, 24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    header.writeUInt32LE(types.length, 12);
    header.writeUInt32LE(types.length, 16);
    const hostile = readBtf(Buffer.concat([header, types, Buffer.alloc(1)]));
    if (!hostile.ok) throw new Error(hostile.failure.message);
    expect(declare(hostile.btf, 1, "x").length).toBeLessThan(1_000_000);
  });
});

it("names section types and flags, and numbers without a name", () => {
  expect(sectionTypeName(1)).toBe("PROGBITS");
  expect(sectionTypeName(0x7fff)).toBe("0x7fff");
  expect(sectionFlagNames(0)).toBe("");
  expect(sectionFlagNames(0x8000_8006)).toBe("ALLOC EXECINSTR EXCLUDE 0x8000");
});
