/** One place of a guard: what it needs to put back what was there, and the putting back. */
import { closeSync, openSync } from "node:fs";
import type { GuardPlaceParams } from "../../protocol/guard.ts";
import { type AttachedProgram, type Place, sharesPlace } from "../../protocol/interfaces.ts";
import { gone } from "../attach/place.ts";
import { openExpected } from "../attach/put-all.ts";
import { errnoWords, hasCode, isKernelError } from "../failures.ts";
import { inNamespace, namespacePath } from "../namespaces.ts";
import type { NativeFace } from "../native/face.ts";
import { attachedProgram, programInfo } from "../programs.ts";

type Target = GuardPlaceParams["targets"][number];

export interface NewProgram {
  readonly fd: number;
  readonly id: number;
  readonly name: string;
}

export interface Outcome {
  readonly state: "rolled-back" | "left-alone" | "failed";
  /** for a person */
  readonly words: string;
}

/**
 * Descriptors of the previous program and of the namespace: an interface is found again where its namespace has lost
 * its name meanwhile. A held namespace keeps its devices alive: not longer than the deadline.
 */
export interface HeldTarget {
  readonly place: Place;
  readonly previous: AttachedProgram | null;
  /** whether the new program is what runs here */
  runs(program: NewProgram): boolean;
  /** touches nothing but the new program; may be called again after "failed" */
  putBack(program: NewProgram): Outcome;
  close(): void;
}

export function holdTarget(native: NativeFace, { place, mode, restore }: Target): HeldTarget {
  const { ifindex, name } = place;
  const path = namespacePath(place.netns);
  // by name once more, so that one that is gone is said to be
  if (path !== null) inNamespace(native, place.netns, () => undefined);
  const namespace = path === null ? null : openSync(path, "r");
  let fd: number | null = null;
  let previous: AttachedProgram | null = null;
  const close = (): void => {
    if (namespace !== null) closeSync(namespace);
    if (fd !== null) native.closeFd(fd);
  };
  try {
    if (restore !== null) {
      fd = openExpected(native, restore);
      const info = programInfo(native, restore.id);
      if (info === null) throw gone(place);
      previous = attachedProgram(restore.mode, info);
    }
  } catch (error) {
    close();
    throw error;
  }
  /** between modes: ours is off, and the previous one not yet on */
  let between = false;

  const inside = <T>(run: () => T): T =>
    namespace === null ? run() : native.inNetns(`/proc/self/fd/${namespace}`, run);
  const back = (): string =>
    previous === null ? `${name} runs nothing again` : `${name} runs ${wordsOf(previous)} again`;
  const restoreNow = (program: NewProgram): void => {
    const attach = (programFd: number, expectedFd: number | null): void =>
      native.xdpAttach({ ifindex, mode: previous?.mode ?? mode, programFd, expectedFd });
    if (fd !== null && previous?.mode === mode) return attach(fd, program.fd);
    if (!between) native.xdpDetach({ ifindex, mode, expectedFd: program.fd });
    if (fd === null) return;
    between = true;
    attach(fd, null);
    between = false;
  };
  const putBackInside = (program: NewProgram): Outcome => {
    const now = native.xdpQuery(ifindex);
    const ours = now.some((entry) => entry.mode === mode && entry.programId === program.id);
    const other = now.find(({ programId }) => programId !== program.id);
    const free = previous !== null && !now.some((entry) => sharesPlace(entry.mode, previous.mode));
    if (!ours && !(between && free)) return { state: "left-alone", words: leftAlone(native, name, other) };
    restoreNow(program);
    return { state: "rolled-back", words: back() };
  };
  return {
    place,
    previous,
    runs(program) {
      try {
        const now = inside(() => native.xdpQuery(ifindex));
        return now.some((entry) => entry.mode === mode && entry.programId === program.id);
      } catch (error) {
        if (hasCode(error, ...vanished)) return false;
        throw error;
      }
    },
    putBack(program) {
      try {
        return inside(() => putBackInside(program));
      } catch (error) {
        if (hasCode(error, ...vanished))
          return { state: "left-alone", words: `${name} is gone, and all it ran with it` };
        return { state: "failed", words: failed(name, previous, between, error) };
      }
    },
    close,
  };
}

const vanished = ["ENODEV", "ENXIO"];

function leftAlone(
  native: NativeFace,
  name: string,
  other: { readonly mode: string; readonly programId: number } | undefined,
) {
  if (other === undefined) return `${name} runs nothing any more: it was detached meanwhile, so nothing was touched`;
  const info = programInfo(native, other.programId);
  const program = `${info?.name || "a program"} (id ${other.programId}, ${other.mode})`;
  return `${name} runs ${program} by now, which somebody else attached: nothing was touched`;
}

export function wordsOf({ name, id, mode }: Pick<AttachedProgram, "name" | "id" | "mode">): string {
  return `${name || "a program"} (id ${id}, ${mode})`;
}

function failed(name: string, previous: AttachedProgram | null, between: boolean, error: unknown): string {
  const kernel = isKernelError(error)
    ? `${errnoWords(error.code, error.errno)} (${error.code})${error.extack ? `: ${error.extack}` : ""}`
    : String(error);
  const what = previous === null ? "taking the program off" : `putting ${wordsOf(previous)} back`;
  return `${name}: ${what} failed: ${kernel}${between ? "; it runs nothing now" : ""}; trying again every second`;
}
