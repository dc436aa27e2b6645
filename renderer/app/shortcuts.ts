/** Keys to actions. What a focused editor does with its own keys (undo, find, …) is left to it. */
import type { Settings } from "../../protocol/settings.ts";
import type { App } from "../session/app.ts";
import { stopLastWork } from "../session/work.ts";
import { keysOf } from "../settings/keys-of.ts";
import type { Action } from "./action.ts";
import { actions } from "./actions.ts";
import { type Chord, chordOf, matches } from "./chords.ts";

interface Binding {
  readonly chord: Chord;
  readonly action: Action;
}

const cache = new WeakMap<Settings, readonly Binding[]>();

function bindings(settings: Settings): readonly Binding[] {
  const known = cache.get(settings);
  if (known !== undefined) return known;
  const bound = actions.flatMap((action): readonly Binding[] => {
    const keys = keysOf(settings, action.id);
    // the editor has its own of these, which hold in it alone; others that were given to them hold everywhere
    if (keys === null || (action.menu === "Edit" && keys === action.keys)) return [];
    return [{ chord: chordOf(keys), action }];
  });
  cache.set(settings, bound);
  return bound;
}

export function listenForShortcuts(app: App): void {
  addEventListener(
    "keydown",
    (event) => {
      const state = app.store.get();
      const found = bindings(state.settings).find(({ chord }) => matches(chord, event));
      if (found === undefined) return;
      // A question comes first: its keys are its own. What the browser would do with ours it does not do either.
      if (state.question !== null || state.opening || state.dialog !== null) {
        if (/^[psof]$/i.test(event.key)) event.preventDefault();
        return;
      }
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
