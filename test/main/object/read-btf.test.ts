import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inspectObject } from "../../../main/object/inspect-object.ts";
import { type Btf, btfType, readBtf } from "../../../main/object/read-btf.ts";
import { btfSize, resolveBtfType } from "../../../main/object/resolve-btf.ts";
import { compileBpf, preamble } from "./compile-bpf.ts";

const source = `${preamble}
enum color { RED = -1, GREEN = 5 };
enum far { FAR = 0x7fffffffffff, NEAR = -3 };
union mixed { float f; double d; };
struct later;
struct all {
  __u32 low : 3; __u32 high : 29; const volatile char *text; enum color color; enum far far; union mixed mixed;
  struct later *later; __s64 grid[2][3]; _Bool yes; struct { __u16 inner; }; int (*call)(int a, void *b);
} __attribute__((btf_decl_tag("tagged")));
struct all global SEC(".data.all");
SEC("xdp") int use(struct xdp_md *ctx) { return global.low; }
`;

function decode(bytes: Uint8Array): Btf {
  const result = inspectObject(bytes);
  if (!result.ok || !result.object.btf) throw new Error("no BTF");
  return result.object.btf;
}

const vmlinux = "/sys/kernel/btf/vmlinux";

describe("readBtf", () => {
  it("decodes the same names, kinds and sizes as bpftool", () => {
    let dump: { types: { id: number; kind: string; name: string; size?: number; members?: object[] }[] } = {
      types: [],
    };
    const bytes = compileBpf(source, {
      inspect: (path) => {
        dump = JSON.parse(execFileSync("bpftool", ["btf", "dump", "file", path, "-j"], { encoding: "utf8" }));
      },
    });
    const btf = decode(bytes);
    expect(btf.typeCount).toBe(dump.types.length + 1);
    const kinds: Record<string, string> = {
      INT: "int",
      PTR: "pointer",
      ARRAY: "array",
      STRUCT: "struct",
      UNION: "union",
      ENUM: "enum",
      FWD: "forward",
      TYPEDEF: "typedef",
      VOLATILE: "volatile",
      CONST: "const",
      RESTRICT: "restrict",
      FUNC: "function",
      FUNC_PROTO: "prototype",
      VAR: "variable",
      DATASEC: "dataSection",
      FLOAT: "float",
      DECL_TAG: "declTag",
      TYPE_TAG: "typeTag",
      ENUM64: "enum64",
    };
    for (const theirs of dump.types) {
      const ours = btfType(btf, theirs.id);
      expect(ours.kind).toBe(kinds[theirs.kind]);
      if ("name" in ours) expect(ours.name).toBe(theirs.name === "(anon)" ? "" : theirs.name);
      if ("size" in ours && theirs.size !== undefined) expect(ours.size).toBe(theirs.size);
      if (ours.kind === "struct" || ours.kind === "union") {
        expect(ours.members.map(({ name, type, bitOffset, bitSize }) => ({ name, type, bitOffset, bitSize }))).toEqual(
          theirs.members?.map((member) => {
            const { name, type_id, bits_offset, bitfield_size } = member as Record<string, string | number>;
            return {
              name: name === "(anon)" ? "" : name,
              type: type_id,
              bitOffset: bits_offset,
              bitSize: bitfield_size ?? 0,
            };
          }),
        );
      }
    }
  });

  it("decodes big-endian BTF to the same types", () => {
    const little = decode(compileBpf(source, { target: "bpfel" }));
    const big = decode(compileBpf(source, { target: "bpfeb" }));
    expect(big.typeCount).toBe(little.typeCount);
    for (let id = 0; id < big.typeCount; id++) expect(btfType(big, id)).toEqual(btfType(little, id));
  });

  it("decodes every kind, from bytes written by hand", () => {
    const strings = ["", "name", "A", "B"];
    const text = new TextEncoder().encode(`${strings.join("\0")}\0`);
    const type = (kind: number, vlen: number, third: number, tail: number[] = [], flag = 0) => [
      1,
      ((flag << 31) | (kind << 24) | vlen) >>> 0,
      third,
      ...tail,
    ];
    const words = [
      ...type(1, 0, 4, [(1 << 24) | 32]),
      ...type(16, 0, 8),
      ...type(18, 0, 1),
      ...type(19, 2, 8, [6, 0xfffffffd, 0xffffffff, 8, 1, 0], 1),
      ...type(19, 1, 8, [6, 0xffffffff, 0xffffffff]),
      ...type(17, 0, 1, [0xffffffff]),
      ...type(6, 1, 4, [6, 0xffffffff]),
      ...type(7, 0, 0, [], 1),
      ...type(11, 0, 1),
      ...type(12, 1, 0),
      ...type(14, 0, 1, [1]),
      ...type(15, 1, 16, [11, 4, 8]),
    ];
    const bytes = new Uint8Array(24 + words.length * 4 + text.length);
    const view = new DataView(bytes.buffer);
    [0x0001eb9f, 24, 0, words.length * 4, words.length * 4, text.length, ...words].forEach((word, index) => {
      view.setUint32(index * 4, word, true);
    });
    bytes.set(text, 24 + words.length * 4);
    const result = readBtf(bytes);
    if (!result.ok) throw new Error(result.failure.message);
    const all = Array.from({ length: result.btf.typeCount }, (_, id) => btfType(result.btf, id));
    expect(all).toMatchObject([
      { kind: "void" },
      { kind: "int", signed: true, bits: 32 },
      { kind: "float", size: 8 },
      { kind: "typeTag", type: 1 },
      {
        kind: "enum64",
        signed: true,
        values: [
          { name: "A", value: -3n },
          { name: "B", value: 1n },
        ],
      },
      { kind: "enum64", signed: false, values: [{ name: "A", value: 0xffffffffffffffffn }] },
      { kind: "declTag", componentIndex: -1 },
      { kind: "enum", values: [{ value: 0xffffffffn }] },
      { kind: "forward", isUnion: true },
      { kind: "restrict" },
      { kind: "function", linkage: 1 },
      { kind: "variable", linkage: 1 },
      { kind: "dataSection", variables: [{ type: 11, offset: 4, size: 8 }] },
    ]);
  });

  it("refuses other versions, kinds, lengths and split BTF without its base, by name", () => {
    const message = (change: (bytes: Uint8Array, view: DataView) => void) => {
      const bytes = new Uint8Array(24 + 12 + 3);
      const view = new DataView(bytes.buffer);
      [0x0001eb9f, 24, 0, 12, 12, 3, 1, 8 << 24, 0].forEach((word, index) => view.setUint32(index * 4, word, true));
      bytes[37] = 65;
      change(bytes, view);
      const result = readBtf(bytes);
      return result.ok ? "ok" : result.failure.message;
    };
    expect(message(() => {})).toBe("ok");
    expect(message((bytes) => bytes.set([2], 2))).toContain("version 2");
    expect(message((bytes) => bytes.set([0], 0))).toContain("magic");
    expect(message((bytes) => bytes.set([31], 31))).toContain("unknown kind 31");
    expect(message((bytes) => bytes.set([4], 31))).toBe("ok");
    expect(message((bytes) => bytes.set([3], 31))).toContain("cut off");
    expect(message((_, view) => view.setUint32(12, 4096, true))).toContain("truncated inside its types");
    expect(message((_, view) => view.setUint32(20, 4096, true))).toContain("truncated inside its strings");
    expect(message((_, view) => view.setUint32(24, 4096, true))).toContain("vmlinux as its base");
    expect(readBtf(new Uint8Array(3)).ok).toBe(false);
  });

  it.skipIf(!existsSync(vmlinux))("decodes the kernel's own BTF", () => {
    const bytes = new Uint8Array(readFileSync(vmlinux));
    const result = readBtf(bytes);
    if (!result.ok) throw new Error(result.failure.message);
    let xdpMd = 0;
    for (let id = 1; id < result.btf.typeCount; id++) {
      const type = btfType(result.btf, id);
      if (type.kind === "struct" && type.name === "xdp_md") xdpMd = id;
    }
    expect(result.btf.typeCount).toBeGreaterThan(10_000);
    expect(btfSize(result.btf, xdpMd)).toBe(24);
  });

  it("does not follow a typedef that names itself", () => {
    const bytes = new Uint8Array(24 + 12 + 1);
    const view = new DataView(bytes.buffer);
    [0x0001eb9f, 24, 0, 12, 12, 1, 0, 8 << 24, 1].forEach((word, index) => view.setUint32(index * 4, word, true));
    const result = readBtf(bytes);
    if (!result.ok) throw new Error(result.failure.message);
    expect(resolveBtfType(result.btf, 1).type.kind).toBe("void");
    expect(btfSize(result.btf, 1)).toBeNull();
  });
});
