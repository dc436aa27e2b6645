/**
 * Whatever is killed, and at whatever moment around the attach: what was there before is back within the deadline plus
 * one second. XDPW_TEST_SEED=N plays the moments of an earlier run again.
 */
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mode, Place } from "../../../protocol/interfaces.ts";
import { buildHelper, eventually, skipReason, uniqueName } from "../helper/harness.ts";
import { compile, native } from "../native/support.ts";
import {
  attachedAt,
  attachForeign,
  type Attached,
  detach,
  type Main,
  makePorts,
  openStage,
  type Ports,
  type Stage,
  type Window,
} from "./stage.ts";

const times = 20;
/** of each kind of kill: a port is used again when what came of it is known */
const portsEach = 6;
const kinds = ["window", "main", "helper", "process group"] as const;
type Kind = (typeof kinds)[number];
const befores = ["nothing", "the same mode", "another mode"] as const;

const seed = Number(process.env["XDPW_TEST_SEED"] ?? Date.now() % 1_000_000);
const program = uniqueName();

/** mulberry32 */
function createRandom(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Run {
  readonly name: string;
  readonly place: Place;
  readonly before: Attached | null;
  readonly mode: Mode;
  readonly seconds: number;
}

/** What is seen from outside, by the clock of this process, ms. */
interface Seen {
  readonly run: Run;
  /** null where nothing was attached */
  readonly attached: number | null;
  /** the last time that something else than before was there */
  readonly last: number | null;
  /** at the end */
  readonly now: readonly Attached[];
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Until it is as before again, or the time for that is over; where nothing is attached, until nothing can be. */
async function watch(run: Run, killed: Promise<void>): Promise<Seen> {
  const allowed = (run.seconds + 1) * 1000;
  let attached: number | null = null;
  let last: number | null = null;
  const moment: { since: number | null } = { since: null };
  void killed.then(() => {
    moment.since = performance.now();
  });
  for (;;) {
    const now = attachedAt(run.place);
    const at = performance.now();
    const asBefore = isBefore(run, now);
    if (!asBefore) {
      // between modes there may be nothing for a moment
      if (now.length > 0) attached ??= at;
      last = at;
    }
    const { since } = moment;
    const from: number | null = attached ?? since;
    if (since !== null && from !== null && (at > from + allowed || (attached !== null && asBefore)))
      return { run, attached, last, now };
    await sleep(10);
  }
}

function isBefore({ before }: Run, now: readonly Attached[]): boolean {
  return before === null
    ? now.length === 0
    : now.length === 1 && now[0]?.id === before.id && now[0].mode === before.mode;
}

describe.skipIf(skipReason !== "")("a deadline", () => {
  let stage: Stage;
  const ports = new Map<Kind, Ports>();
  const seen: Seen[] = [];
  const helpers = new Set<number>();
  const random = createRandom(seed);
  /** from the request to the attach, ms: as it last took */
  let usual = 400;

  beforeAll(async () => {
    await native.warmPool();
    await buildHelper();
    stage = await openStage(compile(`SEC("xdp") int ${program}(struct xdp_md *ctx) { return XDP_PASS; }`));
    for (const kind of kinds) ports.set(kind, makePorts(portsEach));
  });
  afterAll(async () => {
    for (const one of ports.values()) await stage.dismiss(one.places);
    for (const one of ports.values()) one.remove();
    await stage.end();
  });

  function furnish(kind: Kind, index: number, place: Place): Run {
    const mode: Mode = index % 2 === 0 ? "native" : "skb";
    const other: Mode = mode === "native" ? "skb" : "native";
    const was = befores[index % 3] ?? "nothing";
    const before = was === "nothing" ? null : attachForeign(place, was === "the same mode" ? mode : other);
    return {
      name: `${kind} ${index}, ${was} before, ${mode}`,
      ...{ place, before, mode },
      seconds: 1 + (index % 2),
    };
  }

  /** Ends with the kill; what comes of the request is nobody's to know. */
  async function attachAndKill(window: Window, run: Run, kill: () => void): Promise<void> {
    const from = performance.now();
    const { place, mode, seconds, before } = run;
    window
      .request("attach.attach", {
        ...{ input: { path: stage.source, text: null }, program: null, place, mode },
        ...{ replace: before?.id ?? null, confirmWithin: seconds },
      })
      .then(
        () => undefined,
        () => undefined,
      );
    const soon = random() < 0.5;
    const delay = soon ? random() * usual * 1.6 : random() * 12;
    if (soon) await sleep(delay);
    else {
      await eventually(
        () => isBefore(run, attachedAt(place)),
        (asBefore) => !asBefore,
        20_000,
      );
      usual = performance.now() - from;
      await sleep(delay);
    }
    kill();
  }

  /** Twenty times, each port again as soon as what came of it is known. */
  async function play(kind: Kind, once: (run: Run, killed: () => void) => Promise<void>): Promise<void> {
    const places = ports.get(kind)?.places ?? [];
    const busy = places.map(() => Promise.resolve());
    for (let index = 0; index < times; index += 1) {
      const port = index % places.length;
      const place = places[port];
      if (place === undefined) throw new Error("no port");
      await busy[port];
      const run = furnish(kind, index, place);
      let tell: () => void = () => undefined;
      const killed = new Promise<void>((resolve) => {
        tell = resolve;
      });
      const watching = watch(run, killed);
      busy[port] = watching.then((found) => {
        seen.push(found);
        for (const entry of found.now) detach(place, entry);
      });
      await once(run, tell);
    }
    await Promise.all(busy);
  }

  async function ready(main: Main): Promise<{ readonly window: Window; readonly helper: number }> {
    const window = await main.open();
    const state = await window.request("session.unlock", { what: "test" });
    if (state.pid === null) throw new Error("no helper");
    helpers.add(state.pid);
    return { window, helper: state.pid };
  }

  /** A main for all of them. */
  async function killWindows(): Promise<void> {
    const main = await stage.startMain();
    await play("window", async (run, killed) => {
      const { window } = await ready(main);
      await attachAndKill(window, run, () => window.kill());
      killed();
    });
    // it went on, and knows what became of them
    const { window } = await ready(main);
    const { guards } = await window.request("guards.list", {});
    const { netns = "" } = ports.get("window") ?? {};
    const ours = guards.filter(({ targets }) => targets[0]?.place.netns === netns);
    for (const { state, words } of ours) expect({ state, words }).toEqual(rolledBack);
    expect(ours.length).toBeGreaterThan(0);
    main.process.kill("SIGKILL");
    await main.ended;
  }

  async function killHelpers(): Promise<void> {
    const main = await stage.startMain();
    await play("helper", async (run, killed) => {
      const { window, helper } = await ready(main);
      await attachAndKill(window, run, () => process.kill(helper, "SIGKILL"));
      await eventually(
        () => window.request("session.describe", {}),
        (one) => one.helper.state !== "ready",
        20_000,
      );
      killed();
    });
    main.process.kill("SIGKILL");
    await main.ended;
  }

  async function killMains(kind: "main" | "process group"): Promise<void> {
    await play(kind, async (run, killed) => {
      const main = await stage.startMain();
      const { window, helper } = await ready(main);
      await attachAndKill(window, run, () => {
        const pid = main.process.pid ?? 0;
        process.kill(kind === "main" ? pid : -pid, "SIGKILL");
        // it has a group of its own
        if (kind === "process group") process.kill(-helper, "SIGKILL");
      });
      await main.ended;
      killed();
    });
  }

  const rolledBack = { state: "rolled-back", words: expect.stringMatching(/^nobody confirmed within [12] s: /) };

  it("is kept whatever is killed, and whenever", async () => {
    console.log(`XDPW_TEST_SEED=${seed}`);
    await Promise.all([killWindows(), killHelpers(), killMains("main"), killMains("process group")]);

    expect(seen).toHaveLength(times * kinds.length);
    for (const { run, attached, last, now } of seen) {
      expect({ run: run.name, now }).toEqual({ run: run.name, now: run.before === null ? [] : [run.before] });
      if (attached === null || last === null) continue;
      expect(last - attached, `${run.name}: it was back in time`).toBeLessThanOrEqual((run.seconds + 1) * 1000);
    }
    // the moments were around the attach
    const [before, after] = [true, false].map((none) => seen.filter(({ attached }) => (attached === null) === none));
    console.log(`killed before the attach: ${before?.length}, after it: ${after?.length}`);
    expect(before?.length).toBeGreaterThan(0);
    expect(after?.length).toBeGreaterThan(0);
  }, 300_000);

  it("that nobody was there for is told to whoever comes next, and then nothing is left", async () => {
    const places = [...ports.values()].flatMap((one) => one.places);
    const main = await stage.startMain("another-state");
    const { window } = await ready(main);
    const { guards } = await window.request("guards.list", {});
    const ours = guards.filter(({ targets }) => targets[0]?.program.name === program);
    expect(ours.length).toBeGreaterThan(0);
    for (const { state, words } of ours) expect({ state, words }).toEqual(rolledBack);
    main.process.kill("SIGKILL");
    await main.ended;

    await stage.dismiss(places);
    expect(await stage.guards(places)).toEqual([]);
    const programs = (): number[] => native.programIds().filter((id) => nameOf(id) === program);
    expect(await eventually(programs, (left) => left.length === 0, 10_000)).toEqual([]);
    const ids = new Set(ours.map(({ guard }) => guard));
    const processes = (): number[] =>
      runningWith((words, pid) => helpers.has(pid) || words.some((word) => ids.has(word)));
    expect(await eventually(processes, (left) => left.length === 0, 10_000)).toEqual([]);
  }, 60_000);
});

function nameOf(id: number): string | null {
  try {
    return native.programInfo(id).name;
  } catch {
    return null;
  }
}

function runningWith(matches: (words: readonly string[], pid: number) => boolean): number[] {
  return readdirSync("/proc").flatMap((entry) => {
    try {
      const pid = Number(entry);
      const words = readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0");
      return pid > 0 && words[0] !== "" && matches(words, pid) ? [pid] : [];
    } catch {
      return [];
    }
  });
}
