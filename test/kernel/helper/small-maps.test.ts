/** A dry run of programs whose maps this machine has no room for. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspectObject } from "../../../main/object/inspect-object.ts";
import { judgeProgram } from "../../../main/verify/judge-program.ts";
import type { elevatedHelper, plainHelper } from "../../../protocol/helper-contracts.ts";
import { type Connected, failureOf, skipReason, startElevated, startPlain } from "./harness.ts";

const path = "/tmp/xdpwt-large.bpf.c";
const head = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct wide { __u64 words[1024]; };
struct narrow { __u64 words[8]; };
char LICENSE[] SEC("license") = "GPL";
`;
const map = (name: string, type: string, entries: number, more = "__type(key, __u32); __type(value, struct wide);") =>
  `struct { __uint(type, BPF_MAP_TYPE_${type}); ${more} __uint(max_entries, ${entries}); } ${name} SEC(".maps");\n`;

const everyKind = (entries: number) => `${head}
${map("hash", "HASH", entries)}${map("per_cpu_hash", "PERCPU_HASH", entries)}${map("recent", "LRU_HASH", entries)}
${map("array", "ARRAY", entries)}${map("per_cpu", "PERCPU_ARRAY", entries)}
${map("queue", "QUEUE", entries, "__uint(key_size, 0); __type(value, struct narrow);")}
${map("ring", "RINGBUF", entries < 4096 ? 4096 : 1 << 30, "")}
static __always_inline void add(void *map, __u32 key) {
  struct wide *value = bpf_map_lookup_elem(map, &key);
  if (value) value->words[key & 1023] += 1;
}
SEC("xdp") int large(struct xdp_md *ctx) {
  add(&hash, ctx->rx_queue_index); add(&per_cpu_hash, ctx->rx_queue_index); add(&recent, ctx->rx_queue_index);
  add(&array, ctx->rx_queue_index); add(&per_cpu, ctx->rx_queue_index); add(&array, 7);
  __u64 *event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);
  if (event) { *event = ctx->ingress_ifindex; bpf_ringbuf_submit(event, 0); }
  return bpf_map_pop_elem(&queue, &(struct narrow){}) == 0 ? XDP_DROP : XDP_PASS;
}
`;

/** since Linux 6.14 the first is never NULL; the second is in none of them */
const constantKeys = (entries: number) => `${head}${map("array", "ARRAY", entries)}
SEC("xdp") int within(struct xdp_md *ctx) {
  __u32 key = 900; struct wide *value = bpf_map_lookup_elem(&array, &key);
  value->words[0] = 1; return XDP_PASS;
}
SEC("xdp") int beyond(struct xdp_md *ctx) {
  __u32 key = 4000000000; struct wide *value = bpf_map_lookup_elem(&array, &key);
  value->words[0] = 1; return XDP_PASS;
}
`;

describe.skipIf(skipReason !== "")("a dry run with large maps", () => {
  let helper: Connected<typeof elevatedHelper>;
  let plain: Connected<typeof plainHelper>;
  beforeAll(async () => {
    [helper, plain] = await Promise.all([startElevated(), startPlain()]);
  });
  afterAll(() => Promise.all([helper.stop(), plain.stop()]));

  const build = async (text: string) => {
    const built = await plain.peer.request("build.compile", { path, text, emit: "obj" });
    expect(built.diagnostics).toEqual([]);
    const bytes = Buffer.from(built.output ?? "", "base64");
    const inspected = inspectObject(bytes, "large");
    if (!inspected.ok) throw new Error(inspected.failure.message);
    return { name: "large", bytes, contents: inspected.object };
  };
  const judge = async (object: Awaited<ReturnType<typeof build>>, name: string) => {
    const program = object.contents.programs.find((one) => one.name === name);
    if (program === undefined) throw new Error(`no program ${name}`);
    return (await judgeProgram(helper.peer as never, object, program, path)).verdict;
  };
  const asDeclared = (object: Awaited<ReturnType<typeof build>>, program: string) =>
    helper.peer.request("verify.judge", {
      ...{ object: object.bytes.toString("base64"), name: "large", program, asXdp: false },
    });

  it("judges what there is no memory for, as it judges the same with less", async () => {
    const large = await build(everyKind(1 << 24));
    expect(await failureOf(asDeclared(large, "large"))).toMatchObject({ kind: "kernel", operation: "BPF_MAP_CREATE" });
    const verdict = await judge(large, "large");
    expect(verdict).toMatchObject({ accepted: true, error: "" });
    const declared = await asDeclared(await build(everyKind(1_000)), "large");
    expect(declared.accepted).toBe(true);
    expect(verdict.processed).toBe(declared.processed);
    expect(verdict.instructions).toBe(declared.xlatedBytes / 8);
    expect(verdict.jitedBytes).toBe(declared.jitedBytes);
  });

  it("believes no rejection that comes of the smaller array", async () => {
    const object = await build(constantKeys(1_000));
    for (const program of ["within", "beyond"]) {
      expect((await judge(object, program)).accepted, program).toBe((await asDeclared(object, program)).accepted);
    }
    // there is no room to try it as declared
    const verdict = await judge(await build(constantKeys(1 << 24)), "beyond");
    expect(verdict.rejection?.class).toBe("null-map-value");
  });
});
