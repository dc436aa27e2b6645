/**
 * The one that decides about an attach, from the attach on. It talks to nobody by itself and needs nobody: what it holds
 * is enough.
 */
import { fail } from "../../protocol/failures.ts";
import type { Guard, GuardPlaced, GuardPlaceParams } from "../../protocol/guard.ts";
import { pinProgArrays, unpinProgArrays } from "../attach/prog-array-pins.ts";
import { putAll } from "../attach/put-all.ts";
import { hasCode } from "../failures.ts";
import type { NativeFace } from "../native/face.ts";
import { attachedProgram, programInfo } from "../programs.ts";
import { createDecision, type Decision, type Settled, type Told } from "./decision.ts";
import { type HeldTarget, holdTarget, type NewProgram, type Outcome, wordsOf } from "./held-target.ts";

export interface Decider {
  /** attaches at all of the places or at none. @throws Failed; nothing is attached then */
  place(params: GuardPlaceParams): GuardPlaced;
  describe(): Guard;
  confirm(): Guard;
  rollBack(): Guard;
  superseded(): Guard;
  readonly state: Decision["state"];
}

interface Watched {
  readonly params: GuardPlaceParams;
  readonly program: NewProgram;
  readonly targets: readonly HeldTarget[];
  readonly shown: Guard["targets"];
}

export function createDecider(native: NativeFace, id: string, told: Told): Decider {
  let watched: Watched | null = null;

  const describe = (): Guard => {
    if (watched === null || decision.state === "idle") return notYet();
    const { params, shown } = watched;
    return {
      ...{ guard: id, state: decision.state, targets: [...shown], seconds: params.seconds, words: decision.words },
      secondsLeft: decision.secondsLeft() ?? params.seconds,
      ...(params.source === undefined ? {} : { source: params.source }),
    };
  };
  const putBack = (why: string): Settled => {
    if (watched === null) return notYet();
    const { program, targets } = watched;
    // the last that was attached goes first
    const outcomes = [...targets]
      .reverse()
      .map((target) => target.putBack(program))
      .reverse();
    const reached = overall(outcomes);
    if (reached !== "failed") unpinProgArrays(program.id);
    return { state: reached, words: `${why}: ${outcomes.map((outcome) => outcome.words).join("; ")}` };
  };
  const release = (): void => {
    if (watched === null) return;
    for (const target of watched.targets) target.close();
    native.closeFd(watched.program.fd);
  };
  const decision = createDecision({ describe, putBack, release }, told);

  return {
    place(params) {
      if (watched !== null) fail({ kind: "name-taken", name: id, message: `guard ${id}: it guards already` });
      const { placed, notes, ...held } = attachAndHold(native, params);
      watched = { ...held, params };
      decision.wait();
      decision.startClock(params.seconds);
      return { guard: describe(), placed, notes };
    },
    describe,
    confirm() {
      if (watched === null || decision.state !== "waiting") return describe();
      const { program, targets, shown } = watched;
      const running = targets.filter((target) => target.runs(program)).map(({ place }) => place.name);
      const said = `${wordsOf(shown[0]?.program ?? { ...program, mode: "native" })}`;
      if (running.length > 0) {
        return decision.settle({ state: "confirmed", words: `confirmed: ${said} stays on ${running.join(", ")}` });
      }
      unpinProgArrays(program.id);
      return decision.settle({
        state: "left-alone",
        words: `${said} was not attached any more when it was confirmed: nothing was touched`,
      });
    },
    rollBack: decision.rollBack,
    superseded() {
      if (watched === null || decision.state !== "waiting") return describe();
      const { program, targets } = watched;
      if (targets.some((target) => target.runs(program))) return describe();
      // its pins are for whoever replaced it to judge
      return decision.settle({
        state: "left-alone",
        words: `${program.name} was replaced or detached meanwhile: nothing was touched`,
      });
    },
    get state() {
      return decision.state;
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
