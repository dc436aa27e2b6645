import { beforeAll, describe, expect, it } from "vitest";
import { inspectObject } from "../../../main/object/inspect-object.ts";
import { countCpus, describeObjectMaps } from "../../../main/packets/describe-object-maps.ts";
import { judgeCase } from "../../../main/packets/judge-case.ts";
import type { FileCase } from "../../../main/packets/packets-file.ts";
import { prepareCase } from "../../../main/packets/prepare-case.ts";
import type { MapLayout } from "../../../main/tables/describe-map.ts";
import { Failed } from "../../../protocol/failures.ts";
import type { PacketOutcome } from "../../../protocol/packets.ts";
import { compileBpf, preamble } from "../object/compile-bpf.ts";

const source = `${preamble}
struct counter { __u64 packets; __u64 stamp; };
struct { __uint(type, 1); __uint(max_entries, 8); __type(key, __u32); __type(value, struct counter); } counts SEC(".maps");
struct { __uint(type, 6); __uint(max_entries, 8); __type(key, __u32); __type(value, struct counter); } percpu SEC(".maps");
struct { __uint(type, 17); __uint(max_entries, 8); __type(key, __u32); __type(value, __u32); } xsks SEC(".maps");
struct { __uint(type, 27); __uint(max_entries, 4096); } ring SEC(".maps");
SEC("xdp") int use(struct xdp_md *ctx) {
  return map_lookup(&counts, ctx) && map_lookup(&percpu, ctx) && map_lookup(&xsks, ctx) && map_lookup(&ring, ctx);
}`;

let layouts: ReadonlyMap<string, MapLayout>;
beforeAll(() => {
  const inspected = inspectObject(compileBpf(source));
  if (!inspected.ok) throw new Error(inspected.failure.message);
  layouts = describeObjectMaps(inspected.object, 2);
});

const base: FileCase = { name: "it", packet: "00*14", expect: { action: "XDP_PASS" } };
const packet = Buffer.alloc(14).toString("base64");
const counter = (packets: bigint, stamp = 7n): Buffer => {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(packets);
  bytes.writeBigUInt64LE(stamp, 8);
  return bytes;
};
const ran = (values: readonly (Buffer | null)[], more: Partial<PacketOutcome> = {}): PacketOutcome =>
  ({
    ran: true,
    action: 2,
    packet,
    nanoseconds: 100,
    values: values.map((value) => value?.toString("base64") ?? null),
    ...more,
  }) as PacketOutcome;
const judged = (expected: FileCase["expect"], outcome: PacketOutcome) =>
  judgeCase(prepareCase({ ...base, expect: expected }, layouts), outcome).differences;

function refusal(one: Partial<FileCase>): string {
  try {
    prepareCase({ ...base, ...one }, layouts);
  } catch (error) {
    if (error instanceof Failed && error.failure.kind === "bad-value") return error.failure.message;
    throw error;
  }
  throw new Error("was not refused");
}

describe("preparing a case", () => {
  it("turns typed entries into bytes", () => {
    const { run } = prepareCase(
      {
        ...base,
        setup: [
          { map: "counts", key: 5, value: { packets: "9007199254740993", stamp: 1 } },
          { map: "xsks", key: "0x0", value: "socket" },
        ],
        before: [{ count: 3 }, { packet: "11*14" }],
        context: { ifindex: 1 },
      },
      layouts,
    );
    expect(run.entries).toEqual([
      { map: "counts", key: "BQAAAA==", value: counter(9007199254740993n, 1n).toString("base64") },
      { map: "xsks", key: "AAAAAA==", value: null },
    ]);
    expect(run.before).toEqual([
      { packet, count: 3 },
      { packet: Buffer.alloc(14, 0x11).toString("base64"), count: 1 },
    ]);
    expect(run.context).toEqual({ ifindex: 1, queue: 0 });
  });

  it("gives each possible CPU its value in a per-CPU map", () => {
    const { run } = prepareCase(
      {
        ...base,
        setup: [
          {
            map: "percpu",
            key: 0,
            value: [
              { packets: 1, stamp: 2 },
              { packets: 3, stamp: 4 },
            ],
          },
        ],
      },
      layouts,
    );
    expect(Buffer.from(run.entries[0]?.value ?? "", "base64")).toEqual(
      Buffer.concat([counter(1n, 2n), counter(3n, 4n)]),
    );
  });

  it("says what is wrong and where", () => {
    expect(refusal({ packet: "0" })).toBe('case "it": packet: "0" is not pairs of hex digits');
    expect(refusal({ before: [{ packet: "00" }] })).toContain('case "it": before[0].packet: 1 bytes: ');
    expect(refusal({ setup: [{ map: "none", key: 0, value: 0 }] })).toBe(
      'case "it": setup[0].map: the object has no map none; it has counts, percpu, xsks, ring',
    );
    expect(refusal({ setup: [{ map: "counts", key: -1, value: {} }] })).toContain(
      'case "it": setup[0].key: field key: ',
    );
    expect(refusal({ setup: [{ map: "counts", key: 0, value: { packets: 1 } }] })).toContain(
      "setup[0].value: field stamp",
    );
    expect(refusal({ setup: [{ map: "counts", key: 2 ** 60, value: 0 }] })).toContain("give it as a string");
    expect(refusal({ setup: [{ map: "xsks", key: 0, value: 7 }] })).toContain('give "socket"');
    expect(refusal({ setup: [{ map: "ring", key: "0x", value: "0x" }] })).toContain("ring is a ringbuf");
    const expecting = (map: string, value: number | Record<string, number>) =>
      refusal({ expect: { action: "XDP_PASS", maps: [{ map, key: 0, value }] } });
    expect(expecting("xsks", 1)).toContain("expect.maps[0].map: xsks holds AF_XDP sockets");
    expect(expecting("counts", { bytes: 1 })).toContain(
      "expect.maps[0].value: field bytes: there is none of that name",
    );
  });
});

describe("judging a case", () => {
  it("passes what is as expected", () => {
    expect(judged({ action: "XDP_PASS", packet: "unchanged" }, ran([]))).toEqual([]);
  });

  it("tells another action, one that is none too", () => {
    expect(judged({ action: "XDP_DROP" }, ran([]))).toMatchObject([{ expected: "XDP_DROP", actual: "XDP_PASS" }]);
    expect(judged({ action: "XDP_DROP" }, ran([], { action: 7 }))).toMatchObject([{ actual: "7 (no XDP action)" }]);
  });

  it("tells another packet", () => {
    const longer = { packet: Buffer.alloc(16).toString("base64") };
    expect(judged({ action: "XDP_PASS", packet: "unchanged" }, ran([], longer))).toMatchObject([
      { kind: "packet", expected: "14 bytes", actual: "16 bytes, 2 bytes differ, from byte 14 on" },
    ]);
    expect(judged({ action: "XDP_PASS" }, ran([], longer))).toEqual([]);
  });

  it("compares only the fields that are named", () => {
    const maps = [{ map: "counts", key: 1, value: { packets: 2 } }];
    expect(judged({ action: "XDP_PASS", maps }, ran([counter(2n)]))).toEqual([]);
    expect(judged({ action: "XDP_PASS", maps }, ran([counter(3n)]))).toEqual([
      { kind: "map", where: "map counts, key 1", field: "packets", expected: "2", actual: "3" },
    ]);
  });

  it("tells an entry that is missing, and one that should be", () => {
    const maps = [{ map: "counts", key: 1, value: { packets: 2 } }];
    expect(judged({ action: "XDP_PASS", maps }, ran([null]))).toMatchObject([
      { expected: '{"packets":2}', actual: "no entry" },
    ]);
    const gone = [{ map: "counts", key: 1, value: null }];
    expect(judged({ action: "XDP_PASS", maps: gone }, ran([null]))).toEqual([]);
    expect(judged({ action: "XDP_PASS", maps: gone }, ran([counter(2n)]))).toMatchObject([
      { expected: "no entry", actual: '{"packets":"2","stamp":"7"}' },
    ]);
  });

  it("sums the CPUs", () => {
    const maps = [{ map: "percpu", key: 1, value: { packets: 5 } }];
    expect(judged({ action: "XDP_PASS", maps }, ran([Buffer.concat([counter(2n), counter(3n)])]))).toEqual([]);
    expect(judged({ action: "XDP_PASS", maps }, ran([Buffer.concat([counter(2n), counter(2n)])]))).toMatchObject([
      { field: "packets", expected: "5", actual: "4" },
    ]);
  });

  it("says why a case could not be run", () => {
    const report = judgeCase(prepareCase(base, layouts), { ran: false, message: "no" });
    expect(report).toMatchObject({ passed: false, action: null, differences: [{ kind: "run", actual: "no" }] });
  });
});

describe("the possible CPUs", () => {
  it("are counted from the kernel's list", () => {
    expect(["0\n", "0-1\n", "0-3,8", "0,2,4-5"].map(countCpus)).toEqual([1, 2, 5, 4]);
  });
});
