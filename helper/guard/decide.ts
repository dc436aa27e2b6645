/**
 * The one that decides. From the attach on it waits for a word or for the deadline, whichever comes first; a second
 * word changes nothing. It talks to nobody by itself and needs nobody: what it holds is enough.
 */
import { fail } from "../../protocol/failures.ts";
import type { Guard, GuardPlaced, GuardPlaceParams } from "../../protocol/guard.ts";
import { pinProgArrays, unpinProgArrays } from "../attach/prog-array-pins.ts";
import { putAll } from "../attach/put-all.ts";
import { hasCode } from "../failures.ts";
import type { NativeFace } from "../native/face.ts";
import { attachedProgram, programInfo } from "../programs.ts";
import { type HeldTarget, holdTarget, type NewProgram, type Outcome, wordsOf } from "./held-target.ts";

export interface Decider {
  /** attaches at all of the places or at none. @throws Failed; nothing is attached then */
  place(params: GuardPlaceParams): GuardPlaced;
  describe(): Guard;
  confirm(): Guard;
  rollBack(): Guard;
  superseded(): Guard;
  readonly state: "idle" | Guard["state"];
}

/** what the kernel refused to put back is tried again after so many ms, and so many times */
const again = { milliseconds: 1000, times: 600 };

interface Watched {
  readonly params: GuardPlaceParams;
  readonly program: NewProgram;
  readonly targets: readonly HeldTarget[];
  readonly shown: Guard["targets"];
  /** ns, monotonic: while the machine sleeps nobody is cut off and nobody can confirm */
  readonly deadline: bigint;
}

export interface Told {
  /** after every change of state but the first */
  changed(guard: Guard): void;
  /** there is nothing left to do */
  over(): void;
}

export function createDecider(native: NativeFace, id: string, told: Told): Decider {
  let watched: Watched | null = null;
  let state: Decider["state"] = "idle";
  let words = "";
  let timer: NodeJS.Timeout | null = null;
  let attempts = 0;

  const describe = (): Guard => {
    if (watched === null || state === "idle") return notYet();
    const { params, shown, deadline } = watched;
    const left = Number(deadline - process.hrtime.bigint()) / 1e9;
    return {
      ...{ guard: id, state, targets: [...shown], seconds: params.seconds, words },
      secondsLeft: state === "waiting" ? Math.max(0, left) : 0,
      ...(params.source === undefined ? {} : { source: params.source }),
    };
  };
  const settle = (to: Exclude<Guard["state"], "waiting">, said: string): Guard => {
    if (timer !== null) clearTimeout(timer);
    state = to;
    words = said;
    attempts += 1;
    const goesOn = to === "failed" && attempts < again.times;
    if (goesOn) timer = setTimeout(() => putBackAll("the kernel refused at first"), again.milliseconds);
    const now = describe();
    told.changed(now);
    if (!goesOn) release();
    return now;
  };
  const release = (): void => {
    if (watched === null) return;
    for (const target of watched.targets) target.close();
    native.closeFd(watched.program.fd);
    told.over();
  };
  const putBackAll = (why: string): Guard => {
    if (watched === null) return notYet();
    const { program, targets } = watched;
    // the last that was attached goes first
    const outcomes = [...targets]
      .reverse()
      .map((target) => target.putBack(program))
      .reverse();
    const reached = overall(outcomes);
    if (reached !== "failed") unpinProgArrays(program.id);
    return settle(reached, `${why}: ${outcomes.map((outcome) => outcome.words).join("; ")}`);
  };
  const tick = (): void => {
    if (watched === null || state !== "waiting") return;
    const left = Number(watched.deadline - process.hrtime.bigint()) / 1e6;
    if (left > 0) timer = setTimeout(tick, Math.ceil(left));
    else putBackAll(`nobody confirmed within ${watched.params.seconds} s`);
  };

  return {
    place(params) {
      if (watched !== null) fail({ kind: "name-taken", name: id, message: `guard ${id}: it guards already` });
      const { placed, notes, ...held } = attachAndHold(native, params);
      watched = { ...held, params, deadline: process.hrtime.bigint() + BigInt(params.seconds) * 1_000_000_000n };
      state = "waiting";
      tick();
      return { guard: describe(), placed, notes };
    },
    describe,
    confirm() {
      if (watched === null || state !== "waiting") return describe();
      const { program, targets, shown } = watched;
      const running = targets.filter((target) => target.runs(program)).map(({ place }) => place.name);
      const said = `${wordsOf(shown[0]?.program ?? { ...program, mode: "native" })}`;
      if (running.length > 0) return settle("confirmed", `confirmed: ${said} stays on ${running.join(", ")}`);
      unpinProgArrays(program.id);
      return settle("left-alone", `${said} was not attached any more when it was confirmed: nothing was touched`);
    },
    rollBack: () => (state === "waiting" ? putBackAll("rolled back on request") : describe()),
    superseded() {
      if (watched === null || state !== "waiting") return describe();
      const { program, targets } = watched;
      if (targets.some((target) => target.runs(program))) return describe();
      // its pins are for whoever replaced it to judge
      return settle("left-alone", `${program.name} was replaced or detached meanwhile: nothing was touched`);
    },
    get state() {
      return state;
    },
  };
}

function notYet(): never {
  return fail({ kind: "not-found", what: "guard", name: "", message: "the guard has attached nothing yet" });
}

function overall(outcomes: readonly Outcome[]): Outcome["state"] {
  if (outcomes.some(({ state }) => state === "failed")) return "failed";
  return outcomes.some(({ state }) => state === "rolled-back") ? "rolled-back" : "left-alone";
}

/** All at once, on one thread: nobody can come in between. */
function attachAndHold(native: NativeFace, { program: wanted, targets: wantedTargets, maps }: GuardPlaceParams) {
  const fd = openNew(native, wanted);
  const targets: HeldTarget[] = [];
  try {
    const info = native.programInfo(wanted.id);
    for (const target of wantedTargets) targets.push(holdTarget(native, target));
    const note = pinProgArrays(native, info.id, maps);
    try {
      const placed = putAll(native, { info, fd }, wantedTargets);
      return {
        program: { fd, id: info.id, name: info.name },
        targets,
        shown: wantedTargets.map(({ place, mode }, index) => ({
          ...{ place, program: attachedProgram(mode, info), previous: targets[index]?.previous ?? null },
        })),
        placed: placed.map(({ program, replaced, gapNanoseconds }) => ({ program, replaced, gapNanoseconds })),
        notes: note === null ? [] : [note],
      };
    } catch (error) {
      unpinProgArrays(info.id);
      throw error;
    }
  } catch (error) {
    for (const target of targets) target.close();
    native.closeFd(fd);
    throw error;
  }
}

/** The very program that the helper loaded: where the helper is gone, so is the program, and its id may be another's. */
function openNew(native: NativeFace, { id, tag, loadTime }: GuardPlaceParams["program"]): number {
  const lost = (): never =>
    fail({ kind: "not-found", what: "program", name: `id ${id}`, message: `attach program id ${id}: it is gone` });
  let fd: number;
  try {
    fd = native.openProgram(id);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return lost();
    throw error;
  }
  const info = programInfo(native, id);
  if (info?.tag === tag && info.loadTime.toString() === loadTime) return fd;
  native.closeFd(fd);
  return lost();
}
