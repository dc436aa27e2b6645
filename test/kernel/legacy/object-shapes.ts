/** Objects in the forms that other tool chains leave, made with clang and llvm-objcopy. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const host =
  process.arch === "arm64"
    ? ["-D__aarch64__", "-I/usr/include/aarch64-linux-gnu"]
    : ["-D__x86_64__", "-I/usr/include/x86_64-linux-gnu"];

/** in one step, as most projects do it */
export function compile(source: string, flags: readonly string[] = ["-g"], target = "bpf"): Buffer {
  const words = ["-target", target, ...host, "-O2", ...flags, "-c", "-x", "c", "-", "-o", "-"];
  return execFileSync("clang", words, { input: source, maxBuffer: 64 * 1024 * 1024 });
}

/** @param files contents by name, for words such as --update-section NAME=FILE */
export function objcopy(
  object: Uint8Array,
  words: readonly string[],
  files: Readonly<Record<string, Uint8Array>> = {},
): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "xdpwt-objcopy-"));
  try {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    writeFileSync(join(folder, "in.o"), object);
    execFileSync("llvm-objcopy", [...words, "in.o", "out.o"], { cwd: folder });
    return readFileSync(join(folder, "out.o"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function without(object: Uint8Array, ...sections: readonly string[]): Buffer {
  return objcopy(
    object,
    sections.flatMap((name) => ["--remove-section", name, "--remove-section", `.rel${name}`]),
  );
}

/** The same sections in the reverse order: all that names a section by its number follows. */
export function reversed(object: Buffer): Buffer {
  const out = Buffer.from(object);
  const table = Number(out.readBigUInt64LE(40));
  const count = out.readUInt16LE(60);
  const headers = Array.from({ length: count }, (_, index) =>
    Buffer.from(out.subarray(table + index * 64, table + index * 64 + 64)),
  );
  const moved = (index: number): number => (index === 0 || index >= count ? index : count - index);
  for (const [index, header] of headers.entries()) {
    const type = header.readUInt32LE(4);
    if (type === 2) {
      const start = Number(header.readBigUInt64LE(24));
      for (let at = start; at < start + Number(header.readBigUInt64LE(32)); at += 24) {
        out.writeUInt16LE(moved(out.readUInt16LE(at + 6)), at + 6);
      }
    }
    header.writeUInt32LE(moved(header.readUInt32LE(40)), 40);
    if (type === 4 || type === 9) header.writeUInt32LE(moved(header.readUInt32LE(44)), 44);
    header.copy(out, table + moved(index) * 64);
  }
  out.writeUInt16LE(moved(out.readUInt16LE(62)), 62);
  return out;
}

/** Line records gone, function records kept. */
export function withoutLines(object: Buffer): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "xdpwt-objcopy-"));
  try {
    writeFileSync(join(folder, "in.o"), object);
    execFileSync("llvm-objcopy", ["--dump-section", ".BTF.ext=ext", "in.o", "ignored.o"], { cwd: folder });
    const ext = readFileSync(join(folder, "ext"));
    ext.writeUInt32LE(0, 20);
    return objcopy(object, ["--remove-section", ".rel.BTF.ext", "--update-section", ".BTF.ext=new"], { new: ext });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const headers = `#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>
`;
export const license = `char _license[] SEC("license") = "GPL";\n`;

/** Two programs, a subprogram, maps of the new kind. */
export const modern = `${headers}
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); __type(value, __u64); __uint(max_entries, 16); } seen SEC(".maps");
static __noinline int note(__u32 key) {
  __u64 one = 1, *found = bpf_map_lookup_elem(&seen, &key);
  if (found) { __sync_fetch_and_add(found, 1); return 1; }
  return bpf_map_update_elem(&seen, &key, &one, 0);
}
SEC("xdp") int first(struct xdp_md *ctx) { return note(ctx->ingress_ifindex) ? XDP_PASS : XDP_DROP; }
SEC("xdp/foo") int second(struct xdp_md *ctx) { return note(ctx->rx_queue_index) ? XDP_DROP : XDP_PASS; }
${license}`;

/** As Rust's Aya leaves them: seven words a map, mangled names. */
export const aya = `${headers}
struct bpf_map_def { unsigned int type, key_size, value_size, max_entries, map_flags, id, pinning; };
struct bpf_map_def BLOCKLIST __attribute__((section("maps"), used)) = { BPF_MAP_TYPE_HASH, 4, 4, 1024, 0, 0, 0 };
struct bpf_map_def EVENTS __attribute__((section("maps"), used)) = { BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 0, 0, 0, 0 };
struct bpf_map_def JUMPS __attribute__((section("maps"), used)) = { BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 8, 0, 0, 1 };
static __noinline int _RNvCs1234_7program8is_block(__u32 address) __asm__("_ZN7program8is_block17h0123456789abcdefE.llvm.42");
static __noinline int _RNvCs1234_7program8is_block(__u32 address) { return bpf_map_lookup_elem(&BLOCKLIST, &address) != 0; }
SEC("xdp/firewall") int _ZN8firewall3xdp17h0123456789abcdefE(struct xdp_md *ctx) {
  __u64 word = 7;
  if (_RNvCs1234_7program8is_block(ctx->rx_queue_index)) bpf_tail_call(ctx, &JUMPS, 1);
  bpf_perf_event_output(ctx, &EVENTS, BPF_F_CURRENT_CPU, &word, sizeof(word));
  return XDP_PASS;
}
char _license[] SEC("license") = "Dual MIT/GPL";\n`;
