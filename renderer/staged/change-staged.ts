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
  const { changes, earlier, conflicts, applying, told } = after;
  const empty = changes.size + earlier.length + conflicts.length === 0 && applying === null && told === null;
  if (empty) next.delete(id);
  else next.set(id, after);
  app.store.set({ staged: next });
}
