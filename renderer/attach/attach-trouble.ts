/** An attach or detach that failed: shown below the tool bar, where it was asked for, until it is tried again or dismissed. */
import { Failed, type Failure } from "../../protocol/failures.ts";
import { askPreflight } from "../preflight/ask-preflight.ts";
import type { App } from "../session/app.ts";
import { wordsOf } from "../session/failure-words.ts";

export interface AttachTrouble {
  readonly doing: "attach" | "detach" | "detach-all";
  /** our sentence */
  readonly title: string;
  /** the kernel's own words, or the tool's; empty where there are none */
  readonly said: string;
  /** what was done about it, and the next step */
  readonly next: readonly string[];
}

/** `what` completes "could not …", where the failure does not say itself what failed. */
export function tellTrouble(app: App, doing: "attach" | "detach", what: string, error: unknown): void {
  const words = wordsOf(error);
  if (words === null) return;
  const told = error instanceof Failed ? troubleOf(error.failure) : null;
  const title = told?.title ?? `could not ${what}: ${words.title}`;
  const trouble = { doing, title: capitalized(title), said: told?.said ?? words.detail, next: told?.next ?? [] };
  app.store.set({ attachTrouble: trouble });
  // what the kernel refused it may refuse for something that can be mended: that is shown with it
  if (doing === "attach") void askPreflight(app);
}

/** "attach x to eth0: Device or resource busy (EBUSY): EXTACK; WHAT IT MEANS; NEXT STEP; …", taken apart. Pure. */
export function troubleOf(failure: Failure): Pick<AttachTrouble, "title" | "said" | "next"> | null {
  if (failure.kind !== "kernel") return null;
  const { code, operation, extack, means, next } = failure;
  const hasWords = extack !== null && extack !== "";
  const known = [
    hasWords ? `: ${extack}` : null,
    ...[means, next].map((part) => (part === undefined ? null : `; ${part}`)),
  ];
  const message = known.reduce<string>(
    (text, part) => (part === null ? text : text.replace(part, "")),
    failure.message,
  );
  const [title = "", ...others] = message.split("; ");
  const said = hasWords
    ? `The kernel says: “${extack}” (${code}, ${operation})`
    : `The kernel says ${code} (${operation})`;
  const told = [means, ...others, next].filter((part) => part !== undefined);
  return { title, said, next: told.map(capitalized) };
}

export function clearTrouble(app: App): void {
  if (app.store.get().attachTrouble !== null) app.store.set({ attachTrouble: null });
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
