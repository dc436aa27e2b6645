/** What is staged in the window, map by map. */
import type { App } from "../session/app.ts";
import { nothingStaged, type StagedMap } from "./staged-map.ts";

export function stagedOf(app: App, id: number): StagedMap {
  return app.store.get().staged.get(id) ?? nothingStaged;
}

export function changeStaged(app: App, id: number, change: (staged: StagedMap) => StagedMap): void {
  const { staged } = app.store.get();
  const before = staged.get(id) ?? nothingStaged;
  const after = change(before);
  if (after === before) return;
  const next = new Map(staged);
  const { changes, earlier, later, conflicts, applying, told } = after;
  const empty =
    changes.size + earlier.length + later.length + conflicts.length === 0 && applying === null && told === null;
  if (empty) next.delete(id);
  else next.set(id, after);
  app.store.set({ staged: next });
}

const turns = new WeakMap<App, Promise<unknown>>();

/** Edits build on what is staged, and are asked main about: one after the other, in the order typed. */
export function inTurn<T>(app: App, run: () => Promise<T>): Promise<T> {
  const now = (turns.get(app) ?? Promise.resolve()).then(run);
  turns.set(
    app,
    now.catch(() => undefined),
  );
  return now;
}
