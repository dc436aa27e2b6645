/** Redirects of the sample machine: one that nobody takes, an empty slot, and some that arrive. */
import { explain } from "../../main/redirects/explain.ts";
import type { z } from "zod";
import type { workbench, workbenchNotifications } from "../../protocol/contracts.ts";
import type { Place } from "../../protocol/interfaces.ts";
import type { Handlers } from "../../protocol/peer.ts";
import type { RedirectCount, RedirectRow, RedirectsState } from "../../protocol/redirects.ts";

type Methods = "redirects.watch" | "redirects.unwatch" | "redirects.attachPass";

const box = "xdpw-lab";
const end = (name: string, ifindex: number) => ({ ifindex, namespace: 1, place: { netns: box, ifindex, name } });
const program = { id: 201, name: "xdp_forward", maps: [{ id: 31, name: "tx_ports", type: "devmap" }] };
const peer = { netns: "xdpw-host1", ifindex: 2, name: "eth0" };

function count(serial: number, of: Partial<RedirectCount>): RedirectCount {
  return {
    key: serial.toString(16).padStart(80, "0"),
    ...{ tracepoint: "redirect", from: end("port0", 2), to: end("port1", 3), map: null, action: 4, errno: 0, program },
    ...{ packets: "0", drops: "0", target: null },
    ...of,
  };
}

const tx = { id: 31, name: "tx_ports", type: "devmap", slot: null };
const target = {
  ...{ place: { netns: box, ifindex: 3, name: "port1" }, kind: "veth", up: true, mtu: 1500 },
  ...{ takesRedirects: false, runsProgram: false, peer: { place: peer, runsProgram: false } },
};
export const sampleCounts: readonly RedirectCount[] = [
  count(1, { tracepoint: "redirect_err", map: tx, errno: 95, drops: "18342", target }),
  count(2, { tracepoint: "exception", to: null, action: 0, drops: "12" }),
  count(3, { tracepoint: "redirect", from: end("port1", 3), to: end("port0", 2), map: tx, packets: "90211" }),
  count(4, { tracepoint: "devmap_xmit", from: end("port1", 3), to: end("port0", 2), program: null, packets: "90211" }),
];

export function sampleRedirects(of: readonly RedirectCount[] = sampleCounts, seconds = 60): RedirectsState {
  const rows = of.map((one): RedirectRow => {
    const { target: _target, ...counted } = one;
    return { ...counted, rate: Number(one.packets) / 60, lossRate: Number(one.drops) / 60, ...explain(one) };
  });
  return { seconds, rows, uncounted: "0" };
}

export interface FakeRedirects {
  readonly handlers: Pick<Handlers<typeof workbench>, Methods>;
  /** windows that watch now */
  watching(): number;
  /** where a pass program was asked for */
  passed(): readonly Place[];
  /** windows are told */
  tell(state: RedirectsState): void;
  gone(why: string): void;
}

type Tell = <N extends "redirects.counted" | "redirects.gone">(
  name: N,
  params: z.infer<(typeof workbenchNotifications)[N]>,
) => void;

export function fakeRedirects(tell: Tell): FakeRedirects {
  let state = sampleRedirects();
  let watching = 0;
  const passed: Place[] = [];
  return {
    handlers: {
      "redirects.watch": async () => {
        watching += 1;
        return state;
      },
      "redirects.unwatch": async () => {
        watching -= 1;
        return {};
      },
      "redirects.attachPass": async ({ place }) => {
        passed.push(place);
        const attached = { mode: "native", id: 71, name: "xdp_pass", tag: "9f", jited: true, loadTime: "1" } as const;
        return { place, program: attached, maps: [], kept: [], replaced: null, gapNanoseconds: null };
      },
    },
    watching: () => watching,
    passed: () => passed,
    tell(next) {
      state = next;
      tell("redirects.counted", next);
    },
    gone: (why) => tell("redirects.gone", { why }),
  };
}
