/** One loaded program at one place or at several: all of them or none. */
import type { AttachTarget } from "../../protocol/guard.ts";
import { Failed, fail } from "../../protocol/failures.ts";
import type { AttachedProgram, Place } from "../../protocol/interfaces.ts";
import { naming } from "../failures.ts";
import type { NativeFace, ProgramInfo } from "../native/face.ts";
import { attachedProgram, programInfo } from "../programs.ts";
import { attachedNow, atPlace, type Entry, expectAttached } from "./place.ts";
import { type Outgoing, swap } from "./swap.ts";

export interface Put {
  readonly place: Place;
  readonly program: AttachedProgram;
  /** what was there until now */
  readonly replaced: AttachedProgram | null;
  /** between modes: how long the interface ran nothing, ns */
  readonly gapNanoseconds: string | null;
}

export interface IncomingProgram {
  readonly info: ProgramInfo;
  /** the caller's, and open until this has returned */
  readonly fd: number;
}

/** Before a load too, so that a vanished interface is not blamed on the program. */
export function checkTargets(native: NativeFace, targets: readonly AttachTarget[]): void {
  const hardware = targets.find(({ mode }) => mode === "hw");
  if (hardware !== undefined && targets.length > 1) {
    fail({
      kind: "unsupported",
      feature: "hw mode at several places",
      since: null,
      message: `attach to ${hardware.place.name} in hw mode: a program is loaded for one device; attach it to each place on its own`,
    });
  }
  for (const { place, expected, mode } of targets)
    atPlace(native, place, () => expectAttached(native, place, attachedNow(native, place), expected, mode));
}

/**
 * From the check to the last swap nothing waits, so that what was checked is what is replaced. Where one place refuses,
 * those before it get back what they had.
 */
export function putAll(
  native: NativeFace,
  incoming: IncomingProgram,
  targets: readonly AttachTarget[],
): readonly Put[] {
  const opened: (Outgoing | null)[] = [];
  const done: Put[] = [];
  try {
    checkTargets(native, targets);
    for (const { expected } of targets) opened.push(expected === null ? null : openOutgoing(native, expected));
    for (const [index, target] of targets.entries()) done.push(putOne(native, incoming, target, opened[index] ?? null));
    return done;
  } catch (error) {
    const words = [...done.entries()]
      .reverse()
      .map(([index, put]) => takeBack(native, incoming, put, opened[index] ?? null));
    if (words.length === 0 || !(error instanceof Failed)) throw error;
    throw new Failed({ ...error.failure, message: `${error.message}; ${words.join("; ")}` });
  } finally {
    for (const outgoing of opened) if (outgoing !== null) native.closeFd(outgoing.fd);
  }
}

function putOne(
  native: NativeFace,
  { info, fd }: IncomingProgram,
  { place, mode, expected }: AttachTarget,
  outgoing: Outgoing | null,
): Put {
  const previous = expected === null ? null : programInfo(native, expected.id);
  const gap = atPlace(native, place, () => {
    expectAttached(native, place, attachedNow(native, place), expected, mode);
    return swap(native, place, { name: info.name, fd, mode }, outgoing);
  });
  return {
    place,
    program: attachedProgram(mode, info),
    replaced: expected === null || previous === null ? null : attachedProgram(expected.mode, previous),
    gapNanoseconds: gap?.toString() ?? null,
  };
}

function takeBack(
  native: NativeFace,
  { info, fd }: IncomingProgram,
  { place, program, replaced }: Put,
  outgoing: Outgoing | null,
): string {
  const { ifindex, name } = place;
  try {
    atPlace(native, place, () => {
      if (outgoing === null) native.xdpDetach({ ifindex, mode: program.mode, expectedFd: fd });
      else
        swap(
          native,
          place,
          { name: replaced?.name ?? `id ${outgoing.id}`, fd: outgoing.fd, mode: outgoing.mode },
          { mode: program.mode, id: info.id, fd },
        );
    });
    return outgoing === null ? `${name} runs nothing again` : `${name} runs program id ${outgoing.id} again`;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `${name} could not be put back: ${why}`;
  }
}

function openOutgoing(native: NativeFace, expected: Entry): Outgoing {
  return { ...expected, fd: openExpected(native, expected) };
}

/** The caller owns the descriptor. */
export function openExpected(native: NativeFace, expected: Entry): number {
  const subject = { what: "program", name: `id ${expected.id}` };
  return naming({ doing: `open program id ${expected.id}`, subject }, () => native.openProgram(expected.id));
}
