/** Lines about devices that no test machine has: of what was looked at, without any. */
import { describe, expect, it } from "vitest";
import { chooseHere } from "../../../main/attach/preflight/choose-here.ts";
import { fixCommand } from "../../../main/attach/preflight/fix-words.ts";
import { kernelFeatures } from "../../../main/attach/preflight/kernel-features.ts";
import { nativeLines } from "../../../main/attach/preflight/native-lines.ts";
import { preflightHere } from "../../../main/attach/preflight/preflight.ts";
import type { ProgramTraits } from "../../../main/attach/preflight/program-traits.ts";
import { userConnection } from "../../../main/attach/preflight/user-connection.ts";
import { type PlaceFacts, placeFacts } from "../../../protocol/place-facts.ts";
import { preflight } from "../../../protocol/preflight.ts";

const nic = (driver: string, more: Partial<PlaceFacts> = {}): PlaceFacts => ({
  interface: {
    ...{ ifindex: 2, name: "eth0", netns: null, driver, mac: "02:00:00:00:00:01", mtu: 1500, up: true },
    ...{ features: ["basic", "redirect", "ndo-xmit"], modes: ["native", "skb"], attached: [] },
  },
  facts: {
    ...{
      type: "ether",
      alias: "",
      carrier: true,
      minimumMtu: 68,
      maximumMtu: 9000,
      rxQueues: 1,
      txQueues: 1,
      peer: null,
    },
  },
  hint: null,
  modes: [
    { mode: "native", supported: true, why: "the kernel reports it for this driver", needs: [] },
    { mode: "skb", supported: true, why: "generic XDP works on every driver since Linux 4.12", needs: [] },
    { mode: "hw", supported: false, why: "the kernel reports no offload for this driver", needs: [] },
  ],
  ...{ channels: [], offloads: [], peer: null, links: [], carries: [], targets: [] },
  ...more,
});
const offload = (name: string, fixed: boolean) => ({ name, alias: name, on: true, fixed, wanted: true, why: null });
const program: ProgramTraits = {
  ...{
    name: "p",
    section: "xdp",
    attachesTo: "interface",
    fragments: false,
    redirects: false,
    redirectsToDevices: false,
    sendsBack: false,
  },
  ...{ helpers: new Set(), kernelFunctions: [], mapTypes: new Set(), devicePrograms: [], coRe: false, hasBtf: true },
};
const hint = (maximumMtu: number) => ({
  ...{ driver: "mlx5_core", label: "", native: "4.9", offload: false, fragments: "5.18", zeroCopy: null },
  ...{ maximumMtu, sources: [] },
});
const about = (place: PlaceFacts, what: string, traits: ProgramTraits | null = program) =>
  nativeLines(place, traits, 4).find((line) => line.about === what);

describe("before an attach", () => {
  it("LRO that can be turned off is, GRO-HW of virtio is the host's", () => {
    expect(about(nic("mlx5_core", { offloads: [offload("rx-lro", false)] }), "lro")).toMatchObject({
      ...{ weight: "stops", expectation: true },
      fixes: [{ command: "ethtool -K eth0 rx-lro off", run: { do: "set-feature", feature: "rx-lro", on: false } }],
    });
    expect(about(nic("mlx5_core", { offloads: [offload("rx-lro", true)] }), "lro")?.fixes).toEqual([]);
    expect(about(nic("virtio_net", { offloads: [offload("rx-gro-hw", true)] }), "gro-hw")).toMatchObject({
      ...{ weight: "stops", text: expect.stringMatching(/guest_tso4=off/), fixes: [] },
    });
    expect(about(nic("virtio_net", { offloads: [offload("rx-gro-hw", false)] }), "gro-hw")?.weight).toBe("fine");
    expect(about(nic("bnxt_en", { offloads: [offload("rx-gro-hw", false)] }), "gro-hw")?.weight).toBe("costs");
  });

  it("virtio wants a queue for each CPU beside its own", () => {
    const queues = (most: number) => [{ name: "Combined", now: 1, most }];
    expect(about(nic("virtio_net", { channels: queues(4) }), "queues")).toMatchObject({ weight: "costs" });
    expect(about(nic("virtio_net", { channels: queues(5) }), "queues")).toBeUndefined();
  });

  it("the driver table's MTU is an expectation, and fragments lift it where the driver gives them", () => {
    const place = nic("mlx5_core", { hint: hint(3498) });
    const large = { ...place, interface: { ...place.interface, mtu: 9000 } };
    expect(about(place, "mtu")?.weight).toBe("fine");
    expect(about(large, "mtu")).toMatchObject({
      ...{ weight: "stops", expectation: true, fixes: [{ command: "ip link set dev eth0 mtu 3498" }] },
    });
    const fragments = { ...program, fragments: true };
    expect(about(large, "mtu", fragments)?.weight).toBe("stops");
    const gives = { ...large, interface: { ...large.interface, features: ["basic", "rx-sg"] } };
    expect(about(gives, "mtu", fragments)?.weight).toBe("fine");
    expect(about({ ...large, interface: { ...large.interface, driver: "tun" } }, "mtu")).toBeUndefined();
  });

  it("auto is native where nothing stops it, and says why where it is not", () => {
    const free = nic("mlx5_core");
    expect(chooseHere(free, "auto", [])).toMatchObject({ mode: "native", refused: false });
    const lro = nic("mlx5_core", { offloads: [offload("rx-lro", false)] });
    const here = preflightHere(lro, {
      ...{ looked: { cpus: 4, kernel: "6.18.0", kernelBtf: true }, traits: program, mode: "auto" },
      ...{ isOurs: () => false, confirmWithin: 30 },
    });
    expect(here).toMatchObject({ mode: "skb", modeWhy: expect.stringMatching(/expected to be refused: LRO is on/) });
    expect(here.lines.map(({ weight }) => weight)).not.toContain("stops");
    expect(preflight.safeParse({ places: [here] }).success).toBe(true);
    expect(placeFacts.safeParse(lro).success).toBe(true);
  });

  it("a deadline is proposed where the user's own network goes through, unless it is turned off", () => {
    const place = nic("virtio_net", { carries: ["the default route (IPv4)"] });
    const given = { looked: { cpus: 1, kernel: "6.18.0", kernelBtf: true }, traits: null, mode: "skb" as const };
    const at = (confirmWithin: number, one = place) =>
      preflightHere(one, { ...given, isOurs: () => false, confirmWithin }).confirmWithin;
    expect(at(30)).toBe(30);
    expect(at(0)).toBe(null);
    expect(at(30, nic("veth"))).toBe(null);
  });

  it("more candidates for redirects than anybody reads are told as a number", () => {
    const target = (index: number) => ({
      ...{
        ifindex: 10 + index,
        name: `p${index}`,
        driver: "veth",
        up: true,
        features: ["basic"],
        peer: null,
        maps: [],
      },
    });
    const targets = Array.from({ length: 30 }, (_, index) => target(index));
    const { lines } = preflightHere(nic("veth", { targets }), {
      ...{ looked: { cpus: 1, kernel: "6.18.0", kernelBtf: true }, mode: "native" },
      ...{ traits: { ...program, redirects: true, redirectsToDevices: true }, isOurs: () => false, confirmWithin: 30 },
    });
    const redirects = lines.filter((line) => line.about === "redirect-target");
    expect(redirects).toHaveLength(9);
    expect(redirects.at(-1)?.text).toMatch(/^22 more devices/);
  });

  it("names are quoted for a shell, and namespaces of processes entered", () => {
    const place = { netns: "pid:77", ifindex: 2, name: "a;b" };
    expect(fixCommand({ do: "set-up", place })).toBe("nsenter --net=/proc/77/ns/net ip link set dev 'a;b' up");
    const spaced = { netns: "my net", ifindex: 2, name: "x$y" };
    expect(fixCommand({ do: "set-mtu", place: spaced, mtu: 1500 })).toBe("ip -n 'my net' link set dev 'x$y' mtu 1500");
    expect(fixCommand({ do: "set-channels", place: spaced, kind: "rx", count: 2 })).toBe(
      "nsenter '--net=/run/netns/my net' ethtool -L 'x$y' rx 2",
    );
  });

  it("what an object uses is dated, the newest last", () => {
    const used = kernelFeatures({
      ...{ ...program, fragments: true, helpers: new Set([51, 189]), mapTypes: new Set(["devmap_hash", "array"]) },
      kernelFunctions: ["bpf_xdp_metadata_rx_hash"],
    });
    expect(used.map(({ since }) => since)).toEqual(["4.14", "5.4", "5.18", "5.18", "6.3"]);
  });

  it("the user's own connection is read from the environment, as the kernel's tables have it", () => {
    const of = (text: string) => userConnection({ SSH_CONNECTION: text });
    expect(of("192.0.2.7 50000 192.0.2.1 22")).toBe("192.0.2.7");
    expect(of("::ffff:192.0.2.7 50000 ::1 22")).toBe("192.0.2.7");
    expect(of("2001:DB8:0:0::7 1 ::1 22")).toBe("2001:db8::7");
    expect(of("fe80::1%eth0 1 ::1 22")).toBe("fe80::1");
    for (const none of ["", "nonsense", "1.2.3 4"]) expect(of(none)).toBe(null);
    expect(userConnection({})).toBe(null);
  });
});
