/** Keys to actions. What a focused editor does with its own keys (undo, find, …) is left to it. */
import type { App } from "../session/app.ts";
import { stopLastWork } from "../session/work.ts";
import { type Action, actions } from "./actions.ts";
import { type Chord, chordOf, matches } from "./chords.ts";

export function listenForShortcuts(app: App): void {
  const bound: readonly { readonly chord: Chord; readonly action: Action }[] = actions
    .filter(({ menu, keys }) => menu !== "Edit" && keys !== null)
    .map((action) => ({ chord: chordOf(action.keys ?? ""), action }));
  addEventListener(
    "keydown",
    (event) => {
      const found = bound.find(({ chord }) => matches(chord, event));
      if (found === undefined) return;
      const state = app.store.get();
      // A question comes first: its keys are its own.
      if (state.question !== null || state.opening) return;
      event.preventDefault();
      event.stopPropagation();
      if (found.action.enabled?.(state) !== false) found.action.run(app);
    },
    true,
  );
  // Escape that nobody else had a use for: an open menu, dialog, list or the editor's own boxes come first.
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || app.store.get().question !== null) return;
    // in a field it means the field
    if (!(event.target instanceof HTMLInputElement)) stopLastWork(app);
  });
}
