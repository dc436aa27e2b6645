import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseOffloads } from "../../helper/interfaces/describe.ts";
import { modeSupport, namesOfFeatures, offeredModes, olderThan } from "../../helper/interfaces/features.ts";
import { parseLinks } from "../../helper/interfaces/links.ts";
import { namespacePath } from "../../helper/namespaces.ts";

describe("XDP features", () => {
  it("have the names of enum netdev_xdp_act", () => {
    expect(namesOfFeatures(0x23n)).toEqual(["basic", "redirect", "rx-sg"]);
    expect(namesOfFeatures(0n)).toEqual([]);
    expect(namesOfFeatures(1n << 9n)).toEqual(["bit-9"]);
  });

  it("decide the modes where the kernel tells them", () => {
    expect(offeredModes(modeSupport(["basic", "hw-offload"], "nfp"))).toEqual(["native", "skb", "hw"]);
    expect(offeredModes(modeSupport([], "bridge"))).toEqual(["skb"]);
  });

  it("are guessed from the driver on older kernels", () => {
    expect(offeredModes(modeSupport(null, "mlx5_core", "5.15.0"))).toEqual(["native", "skb"]);
    expect(offeredModes(modeSupport(null, "mlx5_core", "4.8.0"))).toEqual(["skb"]);
    const unknown = modeSupport(null, "unheard-of", "6.1.0-13-amd64");
    expect(unknown.map(({ supported }) => supported)).toEqual([null, true, null]);
    expect(offeredModes(unknown)).toEqual(["native", "skb"]);
  });

  it("compare kernels by number", () => {
    expect(olderThan("6.1.0-13-amd64", "6.3")).toBe(true);
    expect(olderThan("6.10.1", "6.3")).toBe(false);
    expect(olderThan("odd", "4.8")).toBe(true);
  });
});

describe("what the tools print", () => {
  it("is read as far as it is understood", () => {
    const text =
      '[{"ifindex":1,"ifname":"lo","flags":["UP"],"mtu":65536,"link_type":"loopback"},{},{"ifindex":0,"ifname":"x"}]';
    expect(parseLinks(text).map(({ ifname }) => ifname)).toEqual(["lo"]);
    expect(parseLinks("")).toEqual([]);
    expect(parseLinks("{")).toEqual([]);
    const offloads = parseOffloads("Features for x:\ntx-checksumming: on\n\ttx-checksum-ipv4: off [fixed]\n");
    expect([...offloads]).toEqual([
      ["tx-checksumming", true],
      ["tx-checksum-ipv4", false],
    ]);
  });

  it("never breaks the reader", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => Array.isArray(parseLinks(text))));
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
