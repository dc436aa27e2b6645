import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDispatcherConfig } from "../../helper/interfaces/dispatcher.ts";
import { parseChannels } from "../../helper/interfaces/ethtool/channels.ts";
import { parseCoalescing } from "../../helper/interfaces/ethtool/coalescing.ts";
import { parseLinkModes, parseLinkState } from "../../helper/interfaces/ethtool/link-settings.ts";
import { parseOffloads } from "../../helper/interfaces/ethtool/offloads.ts";
import { parseRings } from "../../helper/interfaces/ethtool/rings.ts";
import { xdpFirst } from "../../helper/interfaces/ethtool/statistics.ts";
import { hintFor, modeSupport, offeredModes, olderThan } from "../../helper/interfaces/features.ts";
import { parseLink } from "../../helper/interfaces/links.ts";
import { type Circumstances, needsOf } from "../../helper/interfaces/needs.ts";
import { namesOfFeatures, parseFeatures } from "../../helper/interfaces/netdev.ts";
import { namespacePath } from "../../helper/namespaces.ts";
import { asText, asU32, asU64, putNested, putU32, readAttributes } from "../../helper/netlink/attributes.ts";
import type { LinkFacts } from "../../protocol/interface-details.ts";
import type { NetworkInterface } from "../../protocol/interfaces.ts";

describe("XDP features", () => {
  it("have the names of enum netdev_xdp_act", () => {
    expect(namesOfFeatures(0x23n)).toEqual(["basic", "redirect", "rx-sg"]);
    expect(namesOfFeatures(0n)).toEqual([]);
    expect(namesOfFeatures(1n << 9n)).toEqual(["bit-9"]);
  });

  it("decide the modes where the kernel tells them", () => {
    expect(offeredModes(modeSupport({ features: ["basic", "hw-offload"], driver: "nfp" }))).toEqual([
      "native",
      "skb",
      "hw",
    ]);
    expect(offeredModes(modeSupport({ features: [], driver: "bridge" }))).toEqual(["skb"]);
  });

  it("are guessed from the driver on older kernels", () => {
    expect(offeredModes(modeSupport({ features: null, driver: "mlx5_core" }, "5.15.0"))).toEqual(["native", "skb"]);
    expect(offeredModes(modeSupport({ features: null, driver: "mlx5_core" }, "4.8.0"))).toEqual(["skb"]);
    const unknown = modeSupport({ features: null, driver: "unheard-of" }, "6.1.0-13-amd64");
    expect(unknown.map(({ supported }) => supported)).toEqual([null, true, null]);
    expect(offeredModes(unknown)).toEqual(["native", "skb"]);
  });

  it("compare kernels by number", () => {
    expect(olderThan("6.1.0-13-amd64", "6.3")).toBe(true);
    expect(olderThan("6.10.1", "6.3")).toBe(false);
    expect(olderThan("odd", "4.8")).toBe(true);
  });
});

describe("what netlink answers", () => {
  it("is read as far as it is understood", () => {
    const name = Buffer.from([0x0b, 0, 3, 0, ...Buffer.from("port0\0"), 0, 0]);
    const message = Buffer.concat([Buffer.alloc(16), name]);
    message.writeUInt16LE(1, 2);
    message.writeInt32LE(7, 4);
    message.writeUInt32LE(1, 8);
    expect(parseLink(message)).toMatchObject({ ifindex: 7, name: "port0", up: true, hardware: "ether", attached: [] });
    expect(parseLink(Buffer.alloc(15))).toBe(null);
    expect(parseLink(Buffer.alloc(16))).toBe(null);
  });

  it("goes there and back", () => {
    const [outer] = readAttributes(putNested(1, putU32(2, 0xdead_beef), putU32(3, 4)));
    expect(readAttributes(outer?.data ?? Buffer.alloc(0)).map(({ type, data }) => [type, asU32(data)])).toEqual([
      [2, 0xdead_beef],
      [3, 4],
    ]);
    expect([asU32(Buffer.alloc(3)), asU64(undefined), asText(undefined)]).toEqual([null, null, null]);
    expect(asU64(Buffer.from([5, 0, 0, 0]))).toBe(5n);
  });

  it("never breaks the reader, whatever bytes come", () => {
    const parsers = [
      parseChannels,
      parseRings,
      parseCoalescing,
      parseOffloads,
      parseLinkModes,
      parseLinkState,
      parseFeatures,
    ];
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(bytes, fc.dictionary(fc.integer({ min: 1, max: 26 }).map(String), bytes), (message, parts) => {
        parseLink(message);
        const attributes = new Map(Object.entries(parts).map(([type, data]) => [Number(type), data]));
        for (const parse of parsers) parse(attributes);
      }),
    );
  });

  it("puts the counters of XDP first, each group in its own order", () => {
    const counters = ["rx_drops", "rx0_xdp_tx", "b", "tx_xsk_full", "a"].map((name) => ({ name, value: 1n << 63n }));
    expect(xdpFirst(counters).map(({ name }) => name)).toEqual(["rx0_xdp_tx", "tx_xsk_full", "rx_drops", "b", "a"]);
    expect(xdpFirst(counters)[0]?.value).toBe("9223372036854775808");
  });
});

describe("what native mode would take", () => {
  const one: NetworkInterface = {
    ...{ ifindex: 2, name: "ens1", netns: null, driver: "mlx5_core", mac: null, mtu: 9000, up: true },
    ...{ features: ["basic"], modes: ["native", "skb"], attached: [] },
  };
  const facts: LinkFacts = {
    ...{
      type: "ether",
      alias: "",
      carrier: true,
      minimumMtu: 68,
      maximumMtu: 9978,
      rxQueues: 8,
      txQueues: 8,
      peer: null,
    },
  };
  const given = (more: Partial<Circumstances>): Circumstances => ({
    ...{
      interface: one,
      facts,
      channels: [],
      peerChannels: [],
      offloads: [],
      hint: hintFor(one.driver),
      cpus: 8,
      ...more,
    },
  });
  const offload = (name: string, fixed: boolean) => ({ name, alias: name, on: true, fixed, wanted: true, why: null });

  it("names the limit of the MTU and the way around it", () => {
    expect(needsOf("native", true, given({}))).toEqual([
      "MTU 9000 is above 3498, the most that mlx5_core is expected to take (driver table): ip link set dev ens1 mtu 3498",
    ]);
    const fragments = { ...one, features: ["basic", "rx-sg"] };
    expect(needsOf("native", true, given({ interface: fragments }))[0]).toMatch(/only programs with fragment support/);
    expect(needsOf("native", true, given({ interface: { ...one, mtu: 3498 } }))).toEqual([]);
    expect(needsOf("native", false, given({}))).toEqual([]);
    expect(needsOf("skb", true, given({}))).toEqual([]);
  });

  it("names offloads, queues and programs in the way", () => {
    const small = { ...one, mtu: 1500 };
    expect(needsOf("native", true, given({ interface: small, offloads: [offload("rx-lro", false)] }))).toEqual([
      "LRO is on, and most drivers refuse then: ethtool -K ens1 lro off",
    ]);
    const virtio = { ...small, driver: "virtio_net" };
    const queues = [{ name: "Combined", now: 1, most: 1 }];
    const needs = needsOf(
      "native",
      true,
      given({ interface: virtio, channels: queues, offloads: [offload("rx-gro-hw", true)] }),
    );
    expect(needs.map((need) => need.slice(0, 28))).toEqual([
      "rx-gro-hw is on and fixed: v",
      "1 queue pair for 8 CPUs: wit",
    ]);
    const veth = { ...small, driver: "veth" };
    const peer = { netns: null, ifindex: 3, name: "v1", mtu: 1500 };
    const few = given({
      ...{ interface: veth, facts: { ...facts, peer }, channels: [{ name: "RX", now: 1, most: 1 }] },
      peerChannels: [{ name: "TX", now: 4, most: 4 }],
    });
    expect(needsOf("native", true, few)[0]).toMatch(/^1 receive queue here and 4 transmit queues at the peer v1/);
    const taken = {
      ...small,
      attached: [{ mode: "skb" as const, id: 7, name: "other", tag: "", jited: true, loadTime: "1" }],
    };
    expect(needsOf("native", true, given({ interface: taken }))[0]).toMatch(/^other runs in skb mode/);
    expect(needsOf("skb", true, given({ interface: taken }))).toEqual([]);
  });
});

describe("libxdp's dispatcher", () => {
  const config = (head: readonly number[], size: number): Buffer => {
    const bytes = Buffer.alloc(size);
    bytes.set(head);
    bytes.writeUInt32LE(1 << 2, 4);
    bytes.writeUInt32LE((1 << 31) >>> 0, 8);
    if (size > 48) bytes.writeUInt32LE(50, 44);
    return bytes;
  };

  it("is read in both of its versions", () => {
    const slots = [
      { priority: 50, goesOnAfter: ["XDP_PASS"] },
      { priority: 0, goesOnAfter: [] },
    ];
    expect(parseDispatcherConfig(config([236, 2, 2, 1], 124))).toEqual({ version: 2, fragments: true, slots });
    expect(parseDispatcherConfig(config([2], 84))).toEqual({ version: 1, fragments: false, slots });
    expect(parseDispatcherConfig(config([1], 44))?.slots).toEqual([{ priority: null, goesOnAfter: ["XDP_PASS"] }]);
    expect(parseDispatcherConfig(config([11], 84))).toBe(null);
    expect(parseDispatcherConfig(Buffer.alloc(0))).toBe(null);
  });

  it("never breaks the reader", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseDispatcherConfig(Buffer.from(bytes))),
    );
  });
});

describe("namespaces", () => {
  it("are files by name or by process", () => {
    expect(namespacePath(null)).toBe(null);
    expect(namespacePath("xdpw-lab")).toBe("/run/netns/xdpw-lab");
    expect(namespacePath("pid:12")).toBe("/proc/12/ns/net");
    expect(namespacePath("pid:012")).toBe("/run/netns/pid:012");
  });
});
