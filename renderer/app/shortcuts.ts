/** Keys to actions. What a focused editor does with its own keys (undo, find, …) is left to it. */
import type { App } from "../session/app.ts";
import { type Action, actions } from "./actions.ts";

export interface Chord {
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
  /** KeyboardEvent.key in lower case */
  readonly key: string;
}

export function chordOf(keys: string): Chord {
  const parts = keys.split("+");
  return {
    ctrl: parts.includes("Ctrl"),
    shift: parts.includes("Shift"),
    alt: parts.includes("Alt"),
    key: (parts.at(-1) ?? "").toLowerCase(),
  };
}

export function matches(chord: Chord, event: KeyboardEvent): boolean {
  return (
    chord.ctrl === (event.ctrlKey || event.metaKey) &&
    chord.shift === event.shiftKey &&
    chord.alt === event.altKey &&
    (chord.key === event.key.toLowerCase() || `key${chord.key}` === event.code.toLowerCase())
  );
}

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
}
