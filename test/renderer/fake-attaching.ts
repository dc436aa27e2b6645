/** Attaching without fear, as the window sees it: pre-flight, several places, deadlines that really run. */
import type { OurAttachment } from "../../protocol/attach.ts";
import type { workbench } from "../../protocol/contracts.ts";
import { Failed, type Failure, fail } from "../../protocol/failures.ts";
import type { Guard, GuardList } from "../../protocol/guard.ts";
import type { AttachedProgram, NetworkInterface, Place, WantedMode } from "../../protocol/interfaces.ts";
import type { Handlers } from "../../protocol/peer.ts";
import type { Fix, PreflightLine } from "../../protocol/preflight.ts";
import { keyOfPlace } from "./fake-state.ts";

type Methods =
  | "attach.attach"
  | "attach.attachAll"
  | "attach.detach"
  | "attach.detachAll"
  | "attach.ours"
  | "attach.preflight"
  | "attach.fix"
  | "guards.list"
  | "guards.confirm"
  | "guards.rollBack";

/** What tests turn. */
export interface AttachingKnobs {
  /** by the interface's name */
  lines: Record<string, PreflightLine[]>;
  carries: Record<string, string[]>;
  confirmWithin: Record<string, number>;
  /** why nobody can look */
  noPreflight: Failure | null;
  /** what the kernel answers to the next attaches; null: it takes them */
  refuses: Failure | null;
  gapNanoseconds: string | null;
  /** what of ours cannot be detached, by the interface's name, and why */
  stays: Record<string, string>;
  fixed: Fix[];
  /** how often the window looked */
  looked: number;
}

export function calm(): AttachingKnobs {
  return {
    ...{ lines: {}, carries: {}, confirmWithin: {}, noPreflight: null, refuses: null, gapNanoseconds: null },
    ...{ stays: {}, fixed: [], looked: 0 },
  };
}

export interface AttachingContext {
  readonly knobs: AttachingKnobs;
  /** by keyOfPlace */
  readonly attached: Map<string, AttachedProgram>;
  readonly find: (place: { netns: string | null; name: string }) => NetworkInterface;
  readonly needPrivilege: (need: string) => void;
  readonly changed: () => void;
  readonly did: (what: string, lines: string[], xdpw: string | null) => void;
  readonly tellGuards: (list: GuardList) => void;
  readonly outcomes: (load: unknown) => Result["kept"];
}
type Result = Awaited<ReturnType<Handlers<typeof workbench>["attach.attach"]>>;
type Running = Guard & { endsAt: number };

export interface Attaching {
  readonly handlers: Pick<Handlers<typeof workbench>, Methods>;
  /** all deadlines end now */
  readonly expire: () => void;
  readonly close: () => void;
}

export function fakeAttaching(context: AttachingContext): Attaching {
  const { knobs, attached, find } = context;
  const guards: Running[] = [];
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const sources = new Map<number, string>();
  let nextProgram = 214;
  let nextGuard = 1;
  const told = ({ endsAt, ...guard }: Running): Guard => ({
    ...guard,
    secondsLeft: guard.state === "waiting" ? Math.max(0, (endsAt - Date.now()) / 1000) : 0,
  });
  const list = (): GuardList => ({ guards: guards.toReversed().map(told) });
  const settle = (id: string, state: Guard["state"], words: (guard: Running) => string): Guard => {
    const guard =
      guards.find((one) => one.guard === id && one.state === "waiting") ??
      fail({
        kind: "not-found",
        message: `guard ${id}: there is no such deadline (any more)`,
        what: "guard",
        name: id,
      });
    clearTimeout(timers.get(id));
    guard.words = words(guard);
    guard.state = state;
    if (state === "rolled-back") {
      for (const { place, previous } of guard.targets) {
        if (previous === null) attached.delete(keyOfPlace(place));
        else attached.set(keyOfPlace(place), previous);
      }
    }
    context.changed();
    context.tellGuards(list());
    return told(guard);
  };
  const back = ({ targets }: Running): string =>
    targets
      .map(({ place, previous }) =>
        previous === null ? `${place.name} runs nothing again` : `${previous.name} is back on ${place.name}`,
      )
      .join(", ");
  const expired = (id: string): unknown =>
    settle(id, "rolled-back", (guard) => `rolled back: nobody confirmed within ${guard.seconds} s; ${back(guard)}`);
  const modeOf = (place: Place, wanted: WantedMode) =>
    wanted !== "auto" ? wanted : find(place).modes.includes("native") ? "native" : "skb";
  const whyOf = (place: Place, wanted: WantedMode): string => {
    if (wanted !== "auto") return "as you chose";
    return find(place).modes.includes("native") ? "the kernel reports native support" : "it has no native mode";
  };
  const checkForeign = (place: Place, replace: readonly number[]): void => {
    const [now] = find(place).attached;
    if (now === undefined || now.id >= 200 || replace.includes(now.id)) return;
    fail({
      ...{ kind: "foreign-program", message: `${place.name} runs ${now.name}`, netns: place.netns },
      ...{ ifindex: place.ifindex, mode: now.mode, program: now.id, name: now.name },
    });
  };
  const put = (place: Place, mode: WantedMode, id: number, name: string): Result => {
    const [now] = find(place).attached;
    const program: AttachedProgram = {
      ...{ mode: modeOf(place, mode), id, name, tag: "3b185187f1855c4c", jited: true, loadTime: "123" },
    };
    attached.set(keyOfPlace(place), program);
    const maps = [{ name: "xdp_stats_map", id: 41 }];
    const gap = now === undefined || now.mode === program.mode ? null : knobs.gapNanoseconds;
    const why = mode === "auto" ? { modeWhy: whyOf(place, mode) } : {};
    return { place, program, maps, kept: [], replaced: now ?? null, gapNanoseconds: gap, ...why };
  };
  const begin = (results: readonly Result[], seconds: number | undefined): Guard | null => {
    if (seconds === undefined) return null;
    const guard: Running = {
      ...{ guard: String(nextGuard++).padStart(16, "0"), state: "waiting", seconds, secondsLeft: seconds, words: "" },
      targets: results.map(({ place, program, replaced }) => ({ place, program, previous: replaced })),
      endsAt: Date.now() + seconds * 1000,
    };
    guards.push(guard);
    timers.set(
      guard.guard,
      setTimeout(() => expired(guard.guard), seconds * 1000),
    );
    context.tellGuards(list());
    return told(guard);
  };
  const nameIn = (text: string | null | undefined): string => /int (xdp\w+)/.exec(text ?? "")?.[1] ?? "xdp_count";
  const refuse = (): void => {
    if (knobs.refuses !== null) throw new Failed(knobs.refuses);
  };
  const ours = (): OurAttachment[] =>
    [...sources].flatMap(([id, source]) =>
      [...attached]
        .filter(([, program]) => program.id === id)
        .map(([key, program]) => {
          const slash = key.lastIndexOf("/");
          const place = find({ netns: key.slice(0, slash) || null, name: key.slice(slash + 1) });
          const { netns, ifindex, name } = place;
          return { place: { netns, ifindex, name }, program, source, since: Date.UTC(2026, 10, 23, 6) / 1000 };
        }),
    );

  const handlers: Attaching["handlers"] = {
    "attach.attach": async ({ input: { text, path }, place, mode, replace, program: wanted, load, confirmWithin }) => {
      context.needPrivilege(`attach to ${place.name}`);
      checkForeign(place, replace === null ? [] : [replace]);
      refuse();
      const name = wanted ?? nameIn(text);
      sources.set(nextProgram, path);
      const result = put(place, mode, nextProgram, name);
      nextProgram += 5;
      context.changed();
      context.did(
        `attach ${name} to ${place.name}`,
        [`ip -n ${place.netns ?? "1"} link set dev ${place.name} xdpdrv obj program.o sec xdp`],
        `xdpw attach program.bpf.c --netns ${place.netns ?? ""} --dev ${place.name}`,
      );
      const guard = begin([result], confirmWithin);
      return { ...result, kept: context.outcomes(load), ...(guard === null ? {} : { guard }) };
    },
    "attach.attachAll": async ({ input: { text, path }, places, mode, replace, program: wanted, confirmWithin }) => {
      context.needPrivilege("attach");
      for (const place of places) checkForeign(place, replace);
      refuse();
      sources.set(nextProgram, path);
      const results = places.map((place) => put(place, mode, nextProgram, wanted ?? nameIn(text)));
      nextProgram += 5;
      context.changed();
      return { attachments: results, guard: begin(results, confirmWithin) };
    },
    "attach.detach": async ({ place, replace }) => {
      const there = find(place).attached;
      if (there.length > 1) {
        const one = there.find(({ id }) => id === replace);
        const message = `detach on ${place.name}: programs in several modes at once`;
        const ids = there.map(({ id }) => id);
        return one === undefined
          ? fail({ kind: "ambiguous", message, name: place.name, ids })
          : { place, program: one };
      }
      const [now] = there;
      if (now === undefined) {
        const message = `detach from ${place.name}: nothing is attached`;
        return fail({ kind: "not-found", message, what: "program", name: place.name });
      }
      checkForeign(place, replace === null ? [] : [replace]);
      attached.delete(keyOfPlace(place));
      context.changed();
      return { place, program: now };
    },
    "attach.detachAll": async () => {
      const [stay, go] = [ours().filter(({ place }) => place.name in knobs.stays), ours()];
      const detached = go.filter(({ place }) => !(place.name in knobs.stays));
      for (const { place } of detached) attached.delete(keyOfPlace(place));
      context.changed();
      return {
        detached: detached.map(({ place, program }) => ({ place, program })),
        failed: stay.map(({ place, program }) => ({ place, program, why: knobs.stays[place.name] ?? "" })),
      };
    },
    "attach.ours": async () => ({ attachments: ours() }),
    "attach.preflight": async ({ places, mode }) => {
      knobs.looked++;
      if (knobs.noPreflight !== null) throw new Failed(knobs.noPreflight);
      return {
        places: places.map((place) => {
          return {
            place,
            mode: modeOf(place, mode),
            modeWhy: whyOf(place, mode),
            lines: knobs.lines[place.name] ?? [],
            carries: knobs.carries[place.name] ?? [],
            confirmWithin: knobs.confirmWithin[place.name] ?? null,
          };
        }),
      };
    },
    "attach.fix": async (fix) => {
      knobs.fixed.push(fix);
      const left = (knobs.lines[fix.place.name] ?? []).filter(
        ({ fixes }) => !fixes.some(({ run }) => JSON.stringify(run) === JSON.stringify(fix)),
      );
      knobs.lines[fix.place.name] = left;
      context.changed();
      return {};
    },
    "guards.list": async () => list(),
    "guards.confirm": async ({ guard }) =>
      settle(guard, "confirmed", ({ targets: [target] }) => `confirmed: ${target?.program.name} stays`),
    "guards.rollBack": async ({ guard }) =>
      settle(guard, "rolled-back", (one) => `rolled back as you said; ${back(one)}`),
  };
  return {
    handlers,
    expire() {
      for (const { guard, state } of guards) if (state === "waiting") expired(guard);
    },
    close() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
