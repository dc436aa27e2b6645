/** Deadlines, pre-flights and failures as the window puts them: pure, without a window. */
import { describe, expect, test } from "vitest";
import type { Failure } from "../../protocol/failures.ts";
import type { Guard } from "../../protocol/guard.ts";
import type { AttachedProgram } from "../../protocol/interfaces.ts";
import type { Preflight, PreflightLine } from "../../protocol/preflight.ts";
import { troubleOf } from "../../renderer/attach/attach-trouble.ts";
import { deadlineOf } from "../../renderer/guard/deadline.ts";
import {
  announcement,
  type GuardView,
  placesWords,
  secondsLeft,
  settledWords,
  shareLeft,
  stageOf,
  takeGuards,
  whatComesBack,
} from "../../renderer/guard/guard-views.ts";
import { inOrder, proposedDeadline, stopping, summaryOf } from "../../renderer/preflight/preflight-lines.ts";

const program = (id: number, name: string): AttachedProgram => ({
  ...{ mode: "native", id, name, tag: "3b185187f1855c4c", jited: true, loadTime: "1" },
});
const place = (name: string) => ({ netns: null, ifindex: 2, name });
function guard(patch: Partial<Guard> = {}): Guard {
  const targets = [{ place: place("eth0"), program: program(9, "xdp_new"), previous: program(7, "xdp_old") }];
  return { guard: "0000000000000001", state: "waiting", targets, seconds: 30, secondsLeft: 24.2, words: "", ...patch };
}
function shown(patch: Partial<Guard> = {}, now = 1000): GuardView {
  const [view] = takeGuards([], { guards: [guard(patch)] }, now);
  if (view === undefined) throw new Error("it is listed");
  return view;
}

describe("deadlines", () => {
  test("run on by the window's own clock, and never below zero or above what they began with", () => {
    const view = shown();
    expect(secondsLeft(view, 1000)).toBe(25);
    expect(secondsLeft(view, 1000 + 24_200)).toBe(0);
    expect(secondsLeft(view, 1_000_000)).toBe(0);
    expect(secondsLeft(view, -1_000_000)).toBe(30);
    expect(shareLeft(view, 1000 + 24_200 - 15_000)).toBe(0.5);
  });

  test("one that is not listed any more and was never heard to end is told as such; a settled one stays", () => {
    const settled = guard({ guard: "0000000000000002", state: "rolled-back", secondsLeft: 0, words: "rolled back" });
    const before = takeGuards([], { guards: [guard(), settled] }, 0);
    const after = takeGuards(before, { guards: [] }, 60_000);
    expect(after.map(({ state, lost }) => [state, lost])).toEqual([
      ["waiting", true],
      ["rolled-back", undefined],
    ]);
    const [first] = after;
    expect(first === undefined ? "" : settledWords(first)).toMatch(/^The deadline of xdp_new on eth0 ended while/);
    expect(takeGuards(after, { guards: [settled] }, 60_000, new Set(["0000000000000002"])).length).toBe(1);
  });

  test("what comes back, for one place and for several", () => {
    const [target] = guard().targets;
    if (target === undefined) throw new Error("the sample has a target");
    expect(whatComesBack(shown())).toBe("xdp_old (id 7) comes back");
    expect(whatComesBack(shown({ targets: [{ ...target, previous: null }] }))).toBe("nothing is attached then");
    const other = { ...target, place: place("eth1"), previous: null };
    expect(whatComesBack(shown({ targets: [target, other] }))).toBe(
      "then as before: xdp_old (id 7) on eth0, nothing on eth1",
    );
  });

  test("are told at the beginning with their keys, at ten seconds, and when they end: not in between", () => {
    const view = shown();
    const at = (seconds: number) => stageOf(view, seconds);
    expect([30, 25, 11, 10, 3, 0].map(at)).toEqual(["begun", "begun", "begun", "ten", "ten", "ten"]);
    // one that is short from the start is told once
    expect(stageOf(shown({ seconds: 10 }), 5)).toBe("begun");
    const keys = { keep: "Alt+K", back: null };
    expect(announcement(view, "begun", keys)).toBe(
      "xdp_new on eth0 is rolled back in 30 seconds unless you keep it. Keep: Alt+K",
    );
    const words = "rolled back: nobody confirmed within 30 s; xdp_old is back";
    const over = shown({ state: "rolled-back", words });
    expect(announcement(over, stageOf(over, 0), keys)).toBe(
      "Rolled back: nobody confirmed within 30 s; xdp_old is back",
    );
  });

  test("names of places", () => {
    expect(placesWords(["a"])).toBe("a");
    expect(placesWords(["a", "b"])).toBe("a and b");
    expect(placesWords(["a", "b", "c", "d"])).toBe("a, b and 2 more");
  });
});

function line(about: PreflightLine["about"], weight: PreflightLine["weight"]): PreflightLine {
  return { about, weight, text: about, evidence: "", expectation: true, fixes: [] };
}
function preflight(...places: { lines: PreflightLine[]; confirmWithin?: number }[]): Preflight {
  return {
    places: places.map(({ lines, confirmWithin = null }, index) => ({
      ...{ place: place(`eth${index}`), mode: "native", modeWhy: "", lines, carries: [], confirmWithin },
    })),
  };
}

describe("pre-flight", () => {
  test("in short: the gravest, counted over all places", () => {
    const words = (...lines: PreflightLine[]) => summaryOf(preflight({ lines: [] }, { lines })).words;
    expect(words()).toBe("nothing in the way");
    expect(words(line("mode", "fine"))).toBe("nothing in the way");
    expect(words(line("mode", "fine"), line("queues", "costs"))).toBe("1 cost");
    expect(words(line("lro", "stops"), line("queues", "costs"))).toBe("1 in the way");
  });

  test("the gravest first; a program in the way is asked about by its name, not by the box", () => {
    const lines = [line("mode", "fine"), line("program-in-the-way", "stops"), line("queues", "costs")];
    expect(inOrder(lines).map(({ about }) => about)).toEqual(["program-in-the-way", "queues", "mode"]);
    expect(stopping(preflight({ lines }))).toEqual([]);
    const stops = stopping(preflight({ lines }, { lines: [...lines, line("mtu", "stops")] }));
    expect(stops.map((one) => [one.place.name, one.lines.map(({ about }) => about)])).toEqual([["eth1", ["mtu"]]]);
  });

  test("the shortest deadline that is proposed for any place; the user's own word comes first", () => {
    expect(proposedDeadline(preflight({ lines: [] }))).toBeNull();
    const answer = preflight({ lines: [], confirmWithin: 60 }, { lines: [] }, { lines: [], confirmWithin: 20 });
    expect(proposedDeadline(answer)).toBe(20);
    const view = { about: "", answer, asking: false, failed: null };
    expect(deadlineOf({ deadline: null, preflight: view })).toEqual({ on: true, seconds: 20 });
    expect(deadlineOf({ deadline: { on: false, seconds: 5 }, preflight: view })).toEqual({ on: false, seconds: 5 });
    expect(deadlineOf({ deadline: null, preflight: null }).on).toBe(false);
    // the same object for the same state
    expect(deadlineOf({ deadline: null, preflight: view })).toBe(deadlineOf({ deadline: null, preflight: view }));
  });
});

describe("failures", () => {
  const kernel: Extract<Failure, { kind: "kernel" }> = {
    kind: "kernel",
    operation: "RTM_SETLINK",
    errno: 16,
    code: "EBUSY",
    extack: "Native and generic XDP can't be active at the same time",
    means: "a program runs there in skb mode",
    next: "detach it first",
    message:
      "attach x to eth0: Device or resource busy (EBUSY): Native and generic XDP can't be active at the same time; a program runs there in skb mode; detach it first; program id 7 is back in skb mode",
  };
  test("ours, the kernel's own words, what they mean and the next step stand apart", () => {
    expect(troubleOf(kernel)).toEqual({
      title: "attach x to eth0: Device or resource busy (EBUSY)",
      said: "The kernel says: “Native and generic XDP can't be active at the same time” (EBUSY, RTM_SETLINK)",
      next: ["A program runs there in skb mode", "Program id 7 is back in skb mode", "Detach it first"],
    });
  });
  test("without words of the kernel's, its errno", () => {
    const { means: _means, next: _next, ...bare } = kernel;
    expect(troubleOf({ ...bare, extack: null, message: "attach x to eth0: Invalid argument (EINVAL)" })).toEqual({
      title: "attach x to eth0: Invalid argument (EINVAL)",
      said: "The kernel says EBUSY (RTM_SETLINK)",
      next: [],
    });
    expect(troubleOf({ kind: "usage", message: "no" })).toBeNull();
  });
});
