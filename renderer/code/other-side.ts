/** From the line of C that the cursor is in to the code that came from it, and back. */
import type { App } from "../session/app.ts";
import { showCode } from "./code-views.ts";

let shown: (() => void) | null = null;
let askedAt = Number.NEGATIVE_INFINITY;
/** code that comes later than this is not jumped into any more */
const patienceMilliseconds = 20_000;

/** The shown code says how to go. Gives back how to take that back. */
export function offerOtherSide(go: () => void): () => void {
  shown = go;
  return () => {
    if (shown === go) shown = null;
  };
}

/** Asked once: somebody wants to go to code that was not there yet. */
export function isOtherSideAsked(): boolean {
  const was = performance.now() - askedAt < patienceMilliseconds;
  askedAt = Number.NEGATIVE_INFINITY;
  return was;
}

export function goToOtherSide(app: App): void {
  if (app.panels.isShown("code") && shown !== null) {
    shown();
    return;
  }
  askedAt = performance.now();
  showCode(app, app.store.get().codeView === "object" ? "assembly" : undefined);
}
