/** What of a source can be set before its load, and whether what was typed fits. */
import { Failed } from "../../protocol/failures.ts";
import type { GlobalVariable, MapPlan } from "../../protocol/reload.ts";
import { xdpPrograms } from "../attach/xdp-programs.ts";
import { variableSection } from "../maps/variable-maps.ts";
import { textAt, wholeText } from "../editor/texts.ts";
import type { App } from "../session/app.ts";
import { wordsOf } from "../session/failure-words.ts";
import type { LoadSet } from "./load-sets.ts";

export interface Loadable {
  readonly globals: readonly GlobalVariable[];
  readonly maps: readonly MapPlan[];
}

/** A sentence where it cannot be told. */
export async function readLoadable(app: App, path: string): Promise<Loadable | string> {
  try {
    const { globals, maps } = await plan(app, path, {});
    return { globals, maps: maps.filter(({ name }) => variableSection(name) === null) };
  } catch (error) {
    return sentence(error);
  }
}

/** What is wrong, and of which global or map; null where everything fits. */
export async function checkLoadSet(
  app: App,
  path: string,
  set: LoadSet,
): Promise<{ readonly field: string | null; readonly wrong: string } | null> {
  try {
    await plan(app, path, set);
    return null;
  } catch (error) {
    const field = error instanceof Failed && error.failure.kind === "bad-value" ? error.failure.field : null;
    return { field, wrong: sentence(error) };
  }
}

async function plan(app: App, path: string, load: LoadSet) {
  const { sources, program } = app.store.get();
  const names = xdpPrograms(sources.find((source) => source.path === path) ?? null);
  const text = textAt(path);
  const input = { path, text: text === undefined ? null : wholeText(text) };
  // the globals and maps are the object's: any of its programs will do
  const one = program !== null && names.includes(program) ? program : (names[0] ?? null);
  return app.request("attach.plan", { input, program: names.length > 1 ? one : null, place: null, load });
}

function sentence(error: unknown): string {
  const words = wordsOf(error);
  return words === null ? "cancelled" : [words.title, words.detail].filter((part) => part !== "").join(". ");
}
