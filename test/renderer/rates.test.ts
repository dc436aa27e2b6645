import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InterfaceCounters } from "../../protocol/interface-details.ts";
import { ceiling } from "../../renderer/interfaces/cards/rate-chart.tsx";
import { byQueue, ratesBetween, rateText, total } from "../../renderer/interfaces/rates.ts";

const counters = (at: number, packets: string, runs: string, nanoseconds: string): InterfaceCounters => ({
  at,
  link: { rxPackets: packets },
  driver: [{ name: "rx_queue_0_xdp_packets", value: packets }],
  runs: [{ id: 7, count: runs, nanoseconds }],
});

describe("rates", () => {
  it("are differences over the counters' own clock, beyond 2^53 too", () => {
    const rates = ratesBetween(
      counters(1_000, "18446744073709550000", "10", "1000"),
      counters(1_500, "18446744073709551000", "1010", "41000"),
    );
    expect(rates?.link).toEqual({ rxPackets: 2_000 });
    expect(rates?.runs.get(7)).toEqual({ perSecond: 2_000, nanoseconds: 40, share: 0.00008 });
  });

  it("are nothing where a driver was reset, and where no time went by", () => {
    expect(ratesBetween(counters(0, "5000", "9", "9"), counters(100, "3", "1", "1"))?.link).toEqual({ rxPackets: 0 });
    expect(ratesBetween(counters(5, "1", "1", "1"), counters(5, "2", "2", "2"))).toBe(null);
    const unknown = { ...counters(0, "1", "1", "1"), runs: [] };
    expect(ratesBetween(unknown, counters(100, "1", "1", "1"))?.runs.size).toBe(0);
    const idle = ratesBetween(counters(0, "1", "1", "1"), counters(100, "1", "1", "1"));
    expect(idle?.runs.get(7)).toEqual({ perSecond: 0, nanoseconds: null, share: 0 });
  });

  it("are told by queue, in each driver's words", () => {
    const of = (...names: string[]) => byQueue(new Map(names.map((name, index) => [name, index + 1])));
    expect(of("rx_queue_1_xdp_packets", "rx_queue_0_xdp_packets", "rx_queue_0_drops", "tx_queue_0_xdp_xmit")).toEqual([
      { queue: 0, cells: [null, null, 2, null, null, null, null] },
      { queue: 1, cells: [null, null, 1, null, null, null, null] },
    ]);
    expect(of("rx0_xdp_packets", "rx_xdp_drops", "rx0_xdp_redirects")[0]?.cells).toEqual([
      null,
      null,
      1,
      null,
      null,
      null,
      3,
    ]);
    expect(of("queue_3_rx_xdp_drop")[0]).toEqual({ queue: 3, cells: [null, null, null, null, 1, null, null] });
    expect(total(of("rx_queue_0_xdp_packets", "rx_queue_1_xdp_packets"), 2)).toBe(3);
    expect(total([], 0)).toBe(null);
  });

  it("are written as they are read", () => {
    expect([0, 1.26, 812.4, 1_204_551, 96_500_000, 1.2e9].map(rateText)).toEqual([
      ...["0", "1.3", "812", "1,204,551", "96.5 M", "1.2 G"],
    ]);
  });

  it("stay under the top of their scale", () => {
    fc.assert(fc.property(fc.double({ min: 1, max: 1e12, noNaN: true }), (value) => ceiling(value) >= value));
    expect([1, 1.1, 3, 1_204_551].map(ceiling)).toEqual([1, 2, 5, 2_000_000]);
  });
});
