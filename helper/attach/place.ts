/** A place to attach to, and what is there right now. */
import { fail, Failed } from "../../protocol/failures.ts";
import { type Mode, type Place, sharesPlace } from "../../protocol/interfaces.ts";
import { hasCode, naming } from "../failures.ts";
import { inNamespace, namespaceWords } from "../namespaces.ts";
import type { NativeFace } from "../native/face.ts";
import { programInfo } from "../programs.ts";

export interface Entry {
  readonly mode: Mode;
  readonly id: number;
}

/** Runs inside the place's namespace, once it is sure that name and ifindex still belong together. */
export function atPlace<T>(native: NativeFace, place: Place, run: () => T): T {
  return inNamespace(native, place.netns, () => {
    let name: string | null = null;
    try {
      name = native.nameOf(place.ifindex);
    } catch (error) {
      if (!hasCode(error, "ENODEV", "ENXIO", "ENOENT")) throw error;
    }
    if (name !== place.name) throw gone(place);
    return run();
  });
}

export function gone({ netns, ifindex, name }: Place): Failed {
  return new Failed({
    kind: "not-found",
    message: `interface ${name} (ifindex ${ifindex}) is no longer in ${namespaceWords(netns)}: choose again`,
    what: "interface",
    name,
  });
}

/** Call inside the place's namespace. */
export function attachedNow(native: NativeFace, place: Place): Entry[] {
  const doing = `query what is attached to ${place.name}`;
  return naming({ doing }, () => native.xdpQuery(place.ifindex)).map(({ mode, programId }) => ({
    mode,
    id: programId,
  }));
}

/**
 * Main decided by what it saw. If that is no longer what is there, nothing is touched: the failure names what is.
 * @param wanted the mode that the caller is about to use: another program may stay in hw beside one of the host
 */
export function expectAttached(
  native: NativeFace,
  place: Place,
  now: readonly Entry[],
  expected: Entry | null,
  wanted: Mode,
): void {
  const same = (entry: Entry): boolean => entry.mode === expected?.mode && entry.id === expected.id;
  const inTheWay = now.find((entry) => !same(entry) && sharesPlace(entry.mode, wanted));
  if (inTheWay !== undefined) {
    const name = programInfo(native, inTheWay.id)?.name ?? "";
    fail({
      kind: "foreign-program",
      message: `${place.name} runs ${name || "a program"} (id ${inTheWay.id}, ${inTheWay.mode}) by now: look again, then choose whether to replace it`,
      netns: place.netns,
      ifindex: place.ifindex,
      mode: inTheWay.mode,
      program: inTheWay.id,
      name,
    });
  }
  if (expected !== null && !now.some(same)) {
    fail({
      kind: "not-found",
      message: `program id ${expected.id} is no longer attached to ${place.name} in ${expected.mode} mode: look again`,
      what: "attached program",
      name: `id ${expected.id}`,
    });
  }
}
