import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type ObjectContents, inspectObject } from "../../../main/object/inspect-object.ts";
import { btfType } from "../../../main/object/read-btf.ts";
import { compileBpf, preamble } from "./compile-bpf.ts";

const source = `${preamble}
struct stats { __u64 rx_packets; __u64 rx_bytes; };
struct { __uint(type, 2); __uint(max_entries, 5); __type(key, __u32); __type(value, struct stats); } xdp_stats_map SEC(".maps");
struct key { __u32 prefixlen; __be32 addr; };
struct { __uint(type, 11); __uint(max_entries, 1000); __uint(map_flags, 1); __type(key, struct key); __type(value, __u8); } blocked_prefixes_v4 SEC(".maps");
struct { __uint(type, 14); __uint(max_entries, 64); __uint(key_size, 4); __uint(value_size, 8); __uint(pinning, 1); } tx_ports SEC(".maps");
SEC("xdp") int count(struct xdp_md *ctx) {
  __u32 key = 2;
  struct stats *s = map_lookup(&xdp_stats_map, &key);
  if (s) s->rx_packets++;
  return 2;
}
SEC("xdp_icmp_echo") int echo(struct xdp_md *ctx) { return map_lookup(&blocked_prefixes_v4, ctx) ? 1 : 2; }
SEC("xdp/devmap") int out(struct xdp_md *ctx) { return map_lookup(&tx_ports, ctx) ? 1 : 2; }
SEC("?tc") int shape(void *ctx) { return 0; }
`;

function contents(bytes: Uint8Array): ObjectContents {
  const result = inspectObject(bytes, "test.o");
  if (!result.ok) throw new Error(result.failure.message);
  return result.object;
}

describe("inspectObject", () => {
  for (const target of ["bpfel", "bpfeb"] as const) {
    it(`lists programs and maps of ${target}`, () => {
      const object = contents(compileBpf(source, { target }));
      expect(object.littleEndian).toBe(target === "bpfel");
      const programs = new Map(object.programs.map((program) => [program.name, program]));
      expect(programs.get("count")).toMatchObject({
        section: "xdp",
        type: "xdp",
        xdp: "known",
        attachesTo: "interface",
      });
      expect(programs.get("echo")).toMatchObject({ section: "xdp_icmp_echo", type: "xdp", xdp: "unknown-name" });
      expect(programs.get("out")).toMatchObject({ type: "xdp", xdp: "known", attachesTo: "devmap" });
      expect(programs.get("shape")).toMatchObject({ type: "sched_cls", xdp: "no", attachesTo: null, instructions: 2 });
      expect(object.license).toBe("Dual BSD/GPL");
      expect(object.hasLegacyMaps).toBe(false);
      const [stats, prefixes, ports] = object.maps;
      expect(stats).toMatchObject({ name: "xdp_stats_map", type: "array", keySize: 4, valueSize: 16, maxEntries: 5 });
      expect(prefixes).toMatchObject({
        name: "blocked_prefixes_v4",
        type: "lpm_trie",
        keySize: 8,
        valueSize: 1,
        flags: 1,
      });
      expect(ports).toMatchObject({
        name: "tx_ports",
        type: "devmap",
        keySize: 4,
        valueSize: 8,
        pinned: true,
        keyTypeId: 0,
      });
      if (!object.btf) throw new Error("no BTF");
      expect(btfType(object.btf, stats?.valueTypeId ?? 0)).toMatchObject({ kind: "struct", name: "stats", size: 16 });
    });
  }

  it("counts instructions as llvm-objdump does", () => {
    let listing = "";
    const bytes = compileBpf(source, {
      inspect: (path) => {
        listing = execFileSync("llvm-objdump", ["-d", "--no-show-raw-insn", "-j", "xdp", path], { encoding: "utf8" });
      },
    });
    const last = [...listing.matchAll(/^\s+(\d+):\t/gm)].at(-1);
    expect(contents(bytes).programs.find((program) => program.name === "count")?.instructions).toBe(
      Number(last?.[1]) + 1,
    );
  });

  it("says what is amiss without refusing the object", () => {
    const object = contents(compileBpf(source, { flags: [] }));
    expect(object.btf).toBeNull();
    expect(object.notes.join()).toContain("build it with -g");
    const legacy = `${preamble}
      struct def { __u32 type, key_size, value_size, max_entries; };
      struct def old SEC("maps") = { 2, 4, 8, 1 };
      SEC("xdp") int pass(struct xdp_md *ctx) { return map_lookup(&old, ctx) ? 1 : 2; }`;
    expect(contents(compileBpf(legacy))).toMatchObject({ hasLegacyMaps: true });
  });

  it("names the machine of a foreign object", () => {
    const own = inspectObject(
      new Uint8Array(128).fill(0).map((_, index) => [0x7f, 69, 76, 70, 2, 1][index] ?? (index === 18 ? 62 : 0)),
      "foo",
    );
    expect(own).toEqual({
      ok: false,
      failure: {
        kind: "wrong-machine",
        message: "object foo: made for x86-64, not BPF: build it with clang -target bpf",
      },
    });
  });

  it("names what else is not an object", () => {
    const kind = (bytes: Uint8Array) => {
      const result = inspectObject(bytes);
      return result.ok ? "ok" : result.failure.kind;
    };
    expect(kind(new Uint8Array())).toBe("not-elf");
    expect(kind(new TextEncoder().encode("int main(void) {}"))).toBe("not-elf");
    const bytes = compileBpf(source);
    expect(kind(bytes.subarray(0, 12))).toBe("truncated-elf");
    expect(kind(bytes.subarray(0, bytes.length - 1))).toBe("truncated-elf");
    expect(kind(bytes.subarray(0, bytes.length >> 1))).toBe("truncated-elf");
    const linked = bytes.slice();
    linked[16] = 2;
    expect(kind(linked)).toBe("wrong-type");
  });
});
