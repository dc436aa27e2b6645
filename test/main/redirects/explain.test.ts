/** Each count in words, with what would help. */
import { describe, expect, it } from "vitest";
import { explain } from "../../../main/redirects/explain.ts";
import { sayWay } from "../../../main/redirects/name-ends.ts";
import type { RedirectCount } from "../../../protocol/redirects.ts";

const end = (name: string, ifindex: number, netns: string | null = "box") => ({
  ...{ ifindex, namespace: 7 },
  place: { netns, ifindex, name },
});
const peer = { netns: "far", ifindex: 2, name: "eth0" };
const veth = {
  ...{ place: { netns: "box", ifindex: 3, name: "port1" }, kind: "veth", up: true, mtu: 1500 },
  ...{ takesRedirects: false, runsProgram: false, peer: { place: peer, runsProgram: false } },
};
const nic = { ...veth, place: { netns: null, ifindex: 3, name: "eth1" }, kind: null, peer: null };
const devmap = { id: 9, name: "tx_ports", type: "devmap", slot: null };
const cpumap = { id: 8, name: "cpus", type: "cpumap", slot: 3 };
const xskmap = { id: 6, name: "sockets", type: "xskmap", slot: 1 };

function count(of: Partial<RedirectCount>): RedirectCount {
  return {
    ...{ key: "0".repeat(80), tracepoint: "redirect_err", from: end("port0", 2), to: end("port1", 3), map: null },
    ...{ action: 4, errno: 0, program: { id: 5, name: "forward", maps: [] }, packets: "0", drops: "5", target: veth },
    ...of,
  };
}

const title = (of: Partial<RedirectCount>): string => explain(count(of)).title;
const does = (of: Partial<RedirectCount>) => explain(count(of)).remedies.map(({ run }) => run?.do ?? null);

describe("a loss in words", () => {
  it.each<readonly [string, Partial<RedirectCount>]>([
    ["target has no XDP program: ENXIO", { errno: 6 }],
    ["target has no XDP program: EOPNOTSUPP", { errno: 95 }],
    ["target has no XDP program: ENXIO", { tracepoint: "devmap_xmit", errno: 6 }],
    ["target has no XDP program: EOPNOTSUPP", { errno: 95, target: nic }],
    ["target takes no redirected packets: EOPNOTSUPP", { errno: 95, target: { ...nic, runsProgram: true } }],
    ["target is down: ENETDOWN", { errno: 100 }],
    ["longer than the target's MTU: EMSGSIZE", { errno: 90 }],
    ["there is no such interface: EINVAL", { errno: 22, to: { ifindex: 99, namespace: 7, place: null }, target: null }],
    ["the redirect was not valid: EINVAL", { errno: 22 }],
    ["no room at the target: ENOSPC", { errno: 28 }],
    ["the CPU's queue is full: ENOSPC", { errno: 28, to: null, map: cpumap, target: null }],
    ["the AF_XDP socket is not bound: ENXIO", { errno: 6, to: null, map: xskmap, target: null }],
    ["the AF_XDP socket is of another interface or queue: EINVAL", { errno: 22, to: null, map: xskmap, target: null }],
    ["the socket's ring is full: ENOBUFS", { errno: 105, to: null, map: xskmap, target: null }],
    ["no headroom: EOVERFLOW", { errno: 75 }],
    ["no redirect was prepared: EBADRQC", { errno: 56, to: null, target: null }],
    ["the map has no such entry: ENOENT", { errno: 2 }],
    ["the target refused: EIO", { errno: 5 }],
    ["the target refused: errno 4000", { errno: 4000 }],
    ["the target's ring is full", { tracepoint: "devmap_xmit" }],
    ["the target's ring is full", { tracepoint: "bulk_tx", to: null }],
    ["the other end has no XDP program: ENXIO", { tracepoint: "bulk_tx", to: null, errno: 6 }],
    ["the CPU's queue is full", { tracepoint: "cpumap_enqueue", from: null, to: null, map: cpumap, target: null }],
    ["dropped by the CPU's thread", { tracepoint: "cpumap_kthread", from: null, to: null, map: cpumap, target: null }],
    ["aborted by the program: XDP_ABORTED", { tracepoint: "exception", to: null, action: 0, target: null }],
    ["XDP_TX failed in the driver", { tracepoint: "exception", to: null, action: 3, target: null }],
    ["XDP_REDIRECT failed in the driver", { tracepoint: "exception", to: null, action: 4, target: null }],
    ["XDP_PASS failed in the driver", { tracepoint: "exception", to: null, action: 2, target: null }],
    ["unknown action 77", { tracepoint: "exception", to: null, action: 77, target: null }],
  ])("%s", (words, of) => {
    const told = explain(count(of));
    expect(told.title).toBe(words);
    expect(told.meaning).toMatch(/^[A-Za-z].{20,}\.$/s);
  });

  it("of XDP_ABORTED suspects an empty slot where the program redirects through a map, and names it", () => {
    const program = { id: 5, name: "forward", maps: [{ id: 9, name: "tx_ports", type: "devmap" }] };
    const of = { tracepoint: "exception", to: null, action: 0, program, target: null } as const;
    expect(title(of)).toBe("aborted: perhaps an empty slot of tx_ports");
    expect(explain(count(of)).remedies).toEqual([
      {
        text: "see which slots of tx_ports are set",
        command: "xdpw map dump id:9",
        run: { do: "open-map", map: 9, name: "tx_ports" },
      },
    ]);
  });
});

describe("what would help", () => {
  it("offers both remedies at a veth's other end, with their commands for its namespace", () => {
    const { remedies } = explain(count({ errno: 95, map: devmap }));
    expect(remedies.map(({ run }) => run)).toEqual([
      { do: "attach-pass", place: peer },
      { do: "set-feature", place: peer, feature: "rx-gro", on: true },
    ]);
    expect(remedies[0]?.command).toMatch(
      /^xdpw attach \S+\/pass\/program\.bpf\.c --netns far --dev eth0 --mode native$/,
    );
    expect(remedies[1]?.command).toBe("nsenter --net=/run/netns/far ethtool -K eth0 gro on");
  });

  it("offers nothing that was done already, or that would not help", () => {
    expect(does({ errno: 95, target: { ...veth, takesRedirects: true } })).toEqual([]);
    expect(does({ errno: 95, target: { ...veth, peer: { place: peer, runsProgram: true } } })).toEqual([]);
    expect(does({ errno: 95, target: { ...veth, peer: null } })).toEqual([]);
    expect(does({ errno: 95, target: null })).toEqual([]);
    expect(does({ tracepoint: "bulk_tx", errno: 6 })).toEqual(["attach-pass"]);
    expect(does({ errno: 100, target: { ...veth, up: true } })).toEqual([]);
    expect(does({ errno: 100, target: { ...veth, up: false } })).toEqual(["set-up"]);
  });

  it("attaches to a NIC itself, sets up what is down, and raises an MTU", () => {
    expect(explain(count({ errno: 6, target: nic })).remedies[0]?.run).toEqual({ do: "attach-pass", place: nic.place });
    expect(explain(count({ errno: 100, target: { ...nic, up: false } })).remedies[0]?.command).toBe(
      "ip link set dev eth1 up",
    );
    expect(explain(count({ errno: 90, target: { ...veth, mtu: 500 } })).remedies[0]).toMatchObject({
      command: "ip -n box link set dev port1 mtu 1500",
      run: { do: "set-mtu", mtu: 1500 },
    });
  });

  it("says nothing where nothing is lost", () => {
    for (const tracepoint of ["redirect", "devmap_xmit", "bulk_tx", "cpumap_enqueue", "cpumap_kthread"] as const) {
      const told = explain(count({ tracepoint, drops: "0", packets: "5" }));
      expect(told.remedies).toEqual([]);
      expect(told.title).not.toMatch(/lost|full|drop|refused/);
    }
  });
});

it("calls the way by namespace and name, and what is gone by its number", () => {
  expect(sayWay(count({ from: end("eth0", 2, null) }))).toBe("eth0 → port1 in box");
  expect(sayWay(count({ to: { ifindex: 9, namespace: 7, place: null } }))).toBe("port0 in box → ifindex 9 (gone)");
  expect(sayWay(count({ to: null, map: cpumap }))).toBe("port0 in box → cpumap cpus, CPU 3");
  expect(sayWay(count({ to: null, map: xskmap }))).toBe("port0 in box → xskmap sockets, queue 1");
  expect(sayWay(count({ to: null, map: { id: 4, name: "", type: "", slot: 2 } }))).toBe(
    "port0 in box → map id 4, slot 2",
  );
  expect(sayWay(count({ tracepoint: "bulk_tx", to: null }))).toBe("port0 in box → back out");
  expect(sayWay(count({ tracepoint: "exception", to: null }))).toBe("port0 in box");
});
