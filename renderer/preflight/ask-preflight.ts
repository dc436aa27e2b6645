/**
 * What stands in the way of an attach, asked whenever what it is about changes: interface, mode, program, or the
 * interfaces themselves. Attach takes the answer that is there, so that with nothing in the way it waits for nothing.
 */
import { Failed } from "../../protocol/failures.ts";
import type { Preflight, preflightParams } from "../../protocol/preflight.ts";
import type * as z from "zod";
import { canRun, xdpPrograms } from "../attach/xdp-programs.ts";
import { activeSource, buildOf } from "../editor/open-sources.ts";
import { inputOf } from "../editor/texts.ts";
import { chosenPlaces } from "../interfaces/chosen-places.ts";
import { placeKey } from "../interfaces/places.ts";
import type { App } from "../session/app.ts";
import { wordsOf } from "../session/failure-words.ts";
import type { SessionState } from "../session/state.ts";

export interface PreflightView {
  /** places, mode and program that it is about */
  readonly about: string;
  /** the last one of the same; null while the first is on its way, or where nobody could look */
  readonly answer: Preflight | null;
  readonly asking: boolean;
  /** why nobody could look */
  readonly failed: string | null;
}

type Params = z.infer<typeof preflightParams>;

/** a burst of changes is one question */
const settleMilliseconds = 80;
const heardMilliseconds = 700;
/** Attach goes on without an answer that takes longer: the kernel decides in any case */
const patienceMilliseconds = 3000;

let asked = 0;
let underWay: { readonly about: string; readonly done: Promise<void> } | null = null;

/** null where there is nothing to ask about */
function wanted(state: SessionState): { readonly about: string; readonly places: string } | null {
  const places = chosenPlaces(state).map(placeKey).join(" ");
  if (places === "") return null;
  const source = activeSource(state);
  const runs = source !== null && canRun(source);
  const build = runs ? buildOf(source.check) : null;
  const program = runs
    ? [source.path, state.program ?? "", source.object === undefined ? (build?.object ?? "") : source.version]
    : [];
  return { about: JSON.stringify([places, state.mode, state.helper?.state === "ready", ...program]), places };
}

function paramsOf(state: SessionState): Params {
  const source = activeSource(state);
  const places = [...chosenPlaces(state)];
  const { mode } = state;
  const alone: Params = { input: null, program: null, places, mode };
  if (source === null || !canRun(source)) return alone;
  if (source.object === undefined && buildOf(source.check)?.ok !== true) return alone;
  const names = xdpPrograms(source);
  const program = names.find((name) => name === state.program) ?? null;
  if (names.length === 0 || (names.length > 1 && program === null)) return alone;
  return { input: inputOf(source.path), program: names.length > 1 ? program : null, places, mode };
}

export function followPreflight(app: App): void {
  let before = app.store.get();
  let about: string | null = null;
  let places = "";
  let timer: ReturnType<typeof setTimeout> | null = null;
  let due = Number.POSITIVE_INFINITY;
  const askIn = (milliseconds: number): void => {
    const at = performance.now() + milliseconds;
    if (timer !== null && due <= at) return;
    if (timer !== null) clearTimeout(timer);
    due = at;
    timer = setTimeout(() => {
      timer = null;
      due = Number.POSITIVE_INFINITY;
      if (document.visibilityState === "visible") void askPreflight(app);
    }, milliseconds);
  };
  app.store.subscribe(() => {
    const state = app.store.get();
    const last = before;
    before = state;
    const now = wanted(state);
    if (now?.places !== places) {
      places = now?.places ?? "";
      // another interface: what is proposed for it holds, whatever was chosen for the last one
      app.store.set({ deadline: null });
    }
    if (now === null) {
      about = null;
      if (state.preflight !== null) app.store.set({ preflight: null });
      return;
    }
    if (now.about !== about) {
      about = now.about;
      askIn(settleMilliseconds);
    } else if (
      state.interfaces !== last.interfaces ||
      state.interfacesHeard !== last.interfacesHeard ||
      state.connection !== last.connection
    ) {
      askIn(heardMilliseconds);
    }
  });
  document.addEventListener("visibilitychange", () => {
    if (wanted(app.store.get()) !== null) askIn(settleMilliseconds);
  });
}

/** Asks now. A later question makes an earlier one's answer worthless. */
export function askPreflight(app: App): Promise<void> {
  const state = app.store.get();
  const now = wanted(state);
  if (now === null || state.connection.state !== "open") return Promise.resolve();
  const { about } = now;
  const id = ++asked;
  const same = state.preflight?.about === about ? state.preflight : null;
  app.store.set({ preflight: { about, answer: same?.answer ?? null, failed: same?.failed ?? null, asking: true } });
  const done = app.request("attach.preflight", paramsOf(state)).then(
    (answer) => {
      if (id === asked) app.store.set({ preflight: { about, answer, asking: false, failed: null } });
    },
    (error: unknown) => {
      if (id !== asked) return;
      const quiet = error instanceof Failed && ["cancelled", "helper-gone"].includes(error.failure.kind);
      const failed = quiet ? null : (wordsOf(error)?.title ?? null);
      app.store.set({ preflight: { about, answer: null, asking: false, failed } });
    },
  );
  underWay = { about, done };
  return done;
}

/** For the attach that is about to begin: the answer that is there, or the one that comes. Null where nobody can tell. */
export async function currentPreflight(app: App): Promise<Preflight | null> {
  const about = wanted(app.store.get())?.about;
  const { preflight } = app.store.get();
  if (preflight?.about === about && !preflight?.asking) return preflight?.answer ?? null;
  const coming = preflight?.asking === true && underWay !== null && underWay.about === about;
  const answered = coming ? underWay?.done : askPreflight(app);
  await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, patienceMilliseconds))]);
  const now = app.store.get().preflight;
  return now?.about === about ? (now?.answer ?? null) : null;
}
