/** Goes to a place of a source, also when its tab is still being made. */
import type { App } from "../session/app.ts";
import { openSource } from "./open-source.ts";

interface At {
  readonly line: number;
  readonly column: number;
}
/** of each source, the one that was made or used last is the last */
const views = new Map<string, readonly ((at: At) => void)[]>();
const waiting = new Map<string, At>();

export function whenRevealed(path: string, go: (at: At) => void): () => void {
  const others = (): readonly ((at: At) => void)[] => (views.get(path) ?? []).filter((one) => one !== go);
  views.set(path, [...others(), go]);
  return () => {
    views.set(path, others());
  };
}

/** What was asked for before the view was there; asked once. */
export function revealed(path: string): At | null {
  const at = waiting.get(path) ?? null;
  waiting.delete(path);
  return at;
}

export async function revealSource(app: App, path: string, at: At): Promise<void> {
  waiting.set(path, at);
  if (!(await openSource(app, path))) {
    waiting.delete(path);
    return;
  }
  const view = views.get(path)?.at(-1);
  if (view === undefined) return;
  waiting.delete(path);
  view(at);
}
