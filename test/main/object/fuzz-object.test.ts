import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspectObject } from "../../../main/object/inspect-object.ts";
import { loadedInstructions } from "../../../main/object/lay-out-program.ts";
import { btfType, readBtf } from "../../../main/object/read-btf.ts";
import { btfSize } from "../../../main/object/resolve-btf.ts";
import { sourceLine } from "../../../main/object/source-line.ts";
import { compileBpf, preamble } from "./compile-bpf.ts";

const real = compileBpf(`${preamble}
struct stats { __u64 rx_packets; __u64 rx_bytes; };
struct { __uint(type, 2); __uint(max_entries, 5); __type(key, __u32); __type(value, struct stats); } stats SEC(".maps");
static __noinline int helper(struct xdp_md *ctx) { return ctx->data > 3; }
SEC("xdp") int count(struct xdp_md *ctx) { __u32 key = helper(ctx); return map_lookup(&stats, &key) ? 1 : 2; }`);

/** Goes everywhere that a user of the contents would. */
function exercise(bytes: Uint8Array): void {
  const result = inspectObject(bytes, "x");
  if (!result.ok) {
    expect(result.failure.message).toMatch(/^object x: .+: .+/);
    return;
  }
  const { object } = result;
  for (const program of object.programs) {
    const count = Math.min(loadedInstructions(object, program.name), 100);
    for (let index = -1; index <= count; index++) sourceLine(object, program.name, index);
  }
  if (!object.btf) return;
  for (let id = 0; id < object.btf.typeCount; id++) {
    btfType(object.btf, id);
    btfSize(object.btf, id);
  }
}

describe("inspectObject on hostile bytes", () => {
  it("answers random bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 512 }), exercise), { numRuns: 500 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 512 }), (tail) =>
        exercise(new Uint8Array([...real.subarray(0, 64), ...tail])),
      ),
    );
  });

  it("answers mutations of a real object", () => {
    const change = fc.tuple(
      fc.nat(real.length - 1),
      fc.constantFrom(0, 1, 0x7f, 0x80, 0xff),
      fc.constantFrom(1, 2, 4, 8),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), fc.nat(real.length), (changes, cut) => {
        const bytes = real.slice(0, cut % 5 === 0 ? cut : real.length);
        for (const [at, value, width] of changes) bytes.fill(value, at, at + width);
        exercise(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  it("answers random BTF behind a good header", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.nat(400), (body, split) => {
        const bytes = new Uint8Array(24 + body.length);
        const view = new DataView(bytes.buffer);
        const types = Math.min(split, body.length);
        [0x0001eb9f, 24, 0, types, types, body.length - types].forEach((word, index) =>
          view.setUint32(index * 4, word, true),
        );
        bytes.set(body, 24);
        const result = readBtf(bytes);
        if (result.ok) for (let id = 0; id < result.btf.typeCount; id++) btfSize(result.btf, id);
      }),
      { numRuns: 2000 },
    );
  });
});
