/** The counters' rows as bytes, and kernels that cannot count. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLedger } from "../../helper/ledger.ts";
import type { NativeFace } from "../../helper/native/face.ts";
import { loadCounters, type Surroundings } from "../../helper/redirects/load-counters.ts";
import { keySize, readRows } from "../../helper/redirects/rows.ts";
import { Failed } from "../../protocol/failures.ts";

const cpus = 3;
const stride = 24 * cpus;

function key(...words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(keySize);
  for (const [index, word] of words.entries()) bytes.writeInt32LE(word | 0, index * 4);
  return bytes;
}
/** of each CPU: events, packets, drops */
function value(...perCpu: readonly (readonly [bigint, bigint, bigint])[]): Buffer {
  const bytes = Buffer.alloc(stride);
  for (const [cpu, parts] of perCpu.entries()) {
    for (const [index, part] of parts.entries()) bytes.writeBigUInt64LE(part, cpu * 24 + index * 8);
  }
  return bytes;
}

describe("rows of the counters", () => {
  it("are summed over CPUs, with errno as a positive number and the namespace beside each ifindex", () => {
    const keys = Buffer.concat([key(3, 2, 4026532177, 3, 4026532178, 9, 0, 4, -95, 77), key(0)]);
    const values = Buffer.concat([
      value([1n, 0n, 9_007_199_254_740_993n], [2n, 4n, 7n]),
      value([5n, 0n, 0n], [0n, 0n, 0n], [2n, 1n, 1n]),
    ]);
    expect(readRows(keys, values, stride)).toEqual({
      rows: [
        {
          key: keys.subarray(0, keySize).toString("hex"),
          tracepoint: "redirect_err",
          ...{ from: 2, fromNamespace: 4026532177, to: 3, toNamespace: 4026532178, map: 9, slot: 0 },
          ...{ action: 4, errno: 95, program: 77, packets: 4n, drops: 9_007_199_254_741_000n },
        },
      ],
      uncounted: 7n,
    });
  });

  it("are read from any bytes, and what is no whole row is passed over", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.uint8Array({ maxLength: 400 }),
        fc.nat(200),
        (keys, values, size) => {
          const { rows, uncounted } = readRows(keys, values, size);
          expect(rows.length).toBeLessThanOrEqual(Math.floor(keys.length / keySize));
          expect(uncounted >= 0n).toBe(true);
        },
      ),
    );
  });
});

describe("what a kernel or a build lacks is named", () => {
  const usual: Surroundings = { kernel: "6.18.1", hasKernelTypes: true, object: Buffer.from("ELF") };
  const refused = (code: string, errno: number, log = "") =>
    Object.assign(new Error(code), { code, errno, operation: "BPF_PROG_LOAD", log });
  const failure = async (around: Partial<Surroundings>, error: Error = refused("EINVAL", 22)) => {
    const ledger = createLedger();
    const native = { loadObject: async () => Promise.reject(error) } as unknown as NativeFace;
    try {
      await loadCounters({ native, ledger }, { ...usual, ...around });
    } catch (caught) {
      if (caught instanceof Failed) return caught.failure;
      throw caught;
    } finally {
      expect(ledger.held()).toEqual([]);
    }
    throw new Error("it did not fail");
  };

  it.each([
    [{ kernel: "5.10.0" }, undefined, { kind: "unsupported", since: "5.13" }],
    [{ hasKernelTypes: false }, undefined, { kind: "unsupported", feature: "CONFIG_DEBUG_INFO_BTF" }],
    [{ object: null }, undefined, { kind: "missing-tool", package: "clang" }],
    [{}, undefined, { kind: "unsupported", feature: "CONFIG_BPF_EVENTS" }],
    [{}, refused("EINVAL", 22, "0: (85) call"), { kind: "kernel", code: "EINVAL" }],
    [{}, refused("EPERM", 1), { kind: "no-privilege" }],
  ] as const)("%o", async (around, error, expected) => {
    expect(await failure(around, error)).toMatchObject(expected);
  });

  it("what was loaded before the failure is let go", async () => {
    const ledger = createLedger();
    const closed: (number | string)[] = [];
    const map = {
      ...{ info: { id: 5 }, valueStride: stride },
      ...{ update: () => undefined, close: () => void closed.push("map") },
    };
    const native = {
      loadObject: async () => ({ programFd: 1, maps: [{ name: "m", id: 5 }], close: () => void closed.push("object") }),
      openMap: () => map,
      rawTracepoint: (name: string) => {
        if (name === "xdp_redirect_err") throw refused("ENOENT", 2);
        return name.length;
      },
      closeFd: (fd: number) => void closed.push(fd),
    } as unknown as NativeFace;
    await expect(loadCounters({ native, ledger }, usual)).rejects.toThrow("CONFIG_BPF_EVENTS");
    expect(ledger.held()).toEqual([]);
    expect(closed).toEqual(["object", "object", "object", "xdp_redirect".length, "xdp_exception".length, "map"]);
  });
});
