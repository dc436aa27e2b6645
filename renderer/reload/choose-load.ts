/** How the next load is to be: what the user set for the source, and what of the running program's state is kept. */
import type { LoadOptions, ReloadPlan } from "../../protocol/reload.ts";
import type { Input } from "../../protocol/build.ts";
import type { NetworkInterface, Place } from "../../protocol/interfaces.ts";
import { samePlace } from "../interfaces/places.ts";
import type { App } from "../session/app.ts";
import { ask } from "../session/ask.ts";
import { askInDialog, type ReloadQuestion } from "../session/dialog.ts";
import { work } from "../session/work.ts";
import { declaredBy } from "./declared.ts";
import { loadSetOf } from "./load-sets.ts";
import {
  changedGlobals,
  type Choices,
  loadOf,
  type LostMap,
  lostMaps,
  proposedChoices,
  worthAsking,
} from "./plan-choices.ts";
import { entriesWords } from "./reload-words.ts";

export interface ChosenLoad {
  readonly load: LoadOptions;
  /** the id of a foreign program that the user agreed to replace */
  readonly replace: number | null;
  /** variables that go on with what the running program has in them */
  readonly variables: number;
  readonly lost: readonly LostMap[];
  /** null where nobody needed to know */
  readonly plan: ReloadPlan | null;
}

interface Wanted {
  readonly input: Input;
  readonly program: string | null;
  readonly place: Place;
}

/** Null where the user left everything as it is. @throws Failed as attach.plan does */
export async function chooseLoad(app: App, { input, program, place }: Wanted): Promise<ChosenLoad | null> {
  const state = app.store.get();
  const { reloadMaps } = state.settings;
  const set = loadSetOf(state, input.path);
  if (reloadMaps === "empty") return empty(set, []);
  const plan = await work(app, { kind: "attach", title: `attach to ${place.name}` }, (token) =>
    app.request("attach.plan", { input, program, place, mode: state.mode, load: set }, token),
  );
  const declared = plan.replaces === null ? null : declaredBy(plan.replaces);
  const proposed = proposedChoices(plan, set, declared);
  const asked = reloadMaps === "ask" && plan.replaces !== null && worthAsking(plan, set, declared);
  const choices = asked
    ? await askWhatToKeep(app, { plan, place, proposed, changed: changedGlobals(plan, set, declared) })
    : proposed;
  if (choices === null) return null;
  return {
    load: loadOf(plan, choices, set),
    replace: asked && plan.foreign ? (plan.replaces?.id ?? null) : null,
    variables: choices.kept.size,
    lost: lostMaps(plan, choices),
    plan,
  };
}

/**
 * One load for several places. Where they run one and the same program, its maps can be kept as at one place; where they
 * run different ones, nobody could say whose, so that all begin empty, and what is lost by that is asked about.
 */
export async function chooseLoadForAll(
  app: App,
  { input, program, places }: Omit<Wanted, "place"> & { readonly places: readonly Place[] },
): Promise<ChosenLoad | null> {
  const state = app.store.get();
  const set = loadSetOf(state, input.path);
  const [first, ...others] = onePlaceAProgram(state.interfaces?.interfaces ?? [], places);
  if (first === undefined || state.settings.reloadMaps === "empty") return empty(set, []);
  if (others.length === 0) return chooseLoad(app, { input, program, place: first });
  const lost: LostMap[] = [];
  for (const place of [first, ...others]) {
    const plan = await app.request("attach.plan", { input, program, place, load: set });
    lost.push(...lostMaps(plan, { fates: new Map(plan.maps.map(({ name }) => [name, "empty"])), kept: new Set() }));
  }
  if (lost.length > 0) {
    const answer = await ask(app, {
      title: "Attach, and begin with empty maps?",
      body: `The interfaces run different programs, so that none of their maps is kept. Lost with them: ${lost
        .map(({ name, entries }) => `${name}, ${entriesWords(entries)}`)
        .join("; ")}.`,
      choices: [{ id: "attach", title: "Begin empty", danger: true }],
    });
    if (answer !== "attach") return null;
  }
  return empty(set, lost);
}

function empty(load: LoadOptions, lost: readonly LostMap[]): ChosenLoad {
  return { load, replace: null, variables: 0, lost, plan: null };
}

function onePlaceAProgram(interfaces: readonly NetworkInterface[], places: readonly Place[]): readonly Place[] {
  const seen = new Set<number>();
  return places.filter((place) => {
    const [runs] = interfaces.find((one) => samePlace(one, place))?.attached ?? [];
    if (runs === undefined || seen.has(runs.id)) return false;
    seen.add(runs.id);
    return true;
  });
}

/** Escape, and whatever else takes the dialog away, leaves everything as it is. */
function askWhatToKeep(app: App, asked: Omit<ReloadQuestion, "kind" | "answer">): Promise<Choices | null> {
  return askInDialog<Choices>(app, (answer) => ({ kind: "reload", ...asked, answer }));
}
