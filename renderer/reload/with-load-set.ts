/** What asks the kernel about a source asks with the globals and sizes that the user set for its loads. */
import { Failed } from "../../protocol/failures.ts";
import type { App } from "../session/app.ts";
import { type LoadSet, loadSetOf, loadSetWords } from "./load-sets.ts";

export interface Asked<T> {
  readonly answer: T;
  /** why the source was taken as it stands; null where nothing was set, or everything fits */
  readonly unfit: string | null;
}

/** What was set may no longer fit what is typed by now: then the answer is that of the source as it stands. */
export async function withLoadSet<T>(
  app: App,
  path: string,
  ask: (load: { readonly load?: LoadSet }) => Promise<T>,
): Promise<Asked<T>> {
  const load = loadSetOf(app.store.get(), path);
  if (loadSetWords(load) === null) return { answer: await ask({}), unfit: null };
  try {
    return { answer: await ask({ load }), unfit: null };
  } catch (error) {
    if (!(error instanceof Failed) || error.failure.kind !== "bad-value") throw error;
    return { answer: await ask({}), unfit: error.message };
  }
}
