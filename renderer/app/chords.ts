/** "Ctrl+Shift+A" and the key event that is meant by it. */
export interface Chord {
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
  /** KeyboardEvent.key in lower case */
  readonly key: string;
}

export function chordOf(keys: string): Chord {
  const parts = keys.endsWith("++") ? [...keys.slice(0, -2).split("+"), "+"] : keys.split("+");
  return {
    ctrl: parts.includes("Ctrl"),
    shift: parts.includes("Shift"),
    alt: parts.includes("Alt"),
    key: (parts.at(-1) ?? "").toLowerCase(),
  };
}

export function matches(
  chord: Chord,
  event: Pick<KeyboardEvent, "ctrlKey" | "metaKey" | "shiftKey" | "altKey" | "key" | "code">,
): boolean {
  return (
    chord.ctrl === (event.ctrlKey || event.metaKey) &&
    chord.shift === event.shiftKey &&
    chord.alt === event.altKey &&
    (chord.key === event.key.toLowerCase() || `key${chord.key}` === event.code.toLowerCase())
  );
}
