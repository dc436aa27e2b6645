/** Which keys an action has: its usual ones, unless settings.json says otherwise. */
import type { Settings } from "../../protocol/settings.ts";
import { actions } from "../app/actions.ts";
import { chordOf } from "../app/chords.ts";

const cache = new WeakMap<Settings["keybindings"], ReadonlyMap<string, string | null>>();

/** of every action; keys that were given to another one are gone */
export function boundKeys({ keybindings }: Settings): ReadonlyMap<string, string | null> {
  const known = cache.get(keybindings);
  if (known !== undefined) return known;
  const bound = new Map<string, string | null>(actions.map(({ id, keys }) => [id, keys]));
  for (const { action, keys } of keybindings) {
    if (!bound.has(action)) continue;
    if (keys !== null) {
      // in whatever order the modifiers are written
      const chord = JSON.stringify(chordOf(keys));
      for (const [other, its] of bound)
        if (its !== null && JSON.stringify(chordOf(its)) === chord) bound.set(other, null);
    }
    bound.set(action, keys);
  }
  cache.set(keybindings, bound);
  return bound;
}

export function keysOf(settings: Settings, action: string): string | null {
  return boundKeys(settings).get(action) ?? null;
}

/** For aria-keyshortcuts. */
export function ariaKeys(keys: string): string {
  return keys.replace("Ctrl", "Control");
}
