/** What the user is told beside the thing itself. Errors stay until they are dismissed. */
import { Failed } from "../../protocol/failures.ts";
import type { App } from "./app.ts";
import { wordsOf } from "./failure-words.ts";

export interface Notice {
  readonly id: number;
  readonly kind: "info" | "error";
  readonly title: string;
  /** the kernel's own words, or what to do */
  readonly detail: string;
  readonly action: { readonly title: string; readonly run: () => void } | null;
}

const infoMilliseconds = 7000;
const noticeLimit = 5;
let nextId = 1;

export function notify(app: App, notice: Omit<Notice, "id" | "action" | "detail"> & Partial<Notice>): void {
  const id = nextId++;
  const added: Notice = { detail: "", action: null, ...notice, id };
  // The same words twice say no more than once.
  const others = app.store
    .get()
    .notices.filter(({ title, detail }) => title !== added.title || detail !== added.detail);
  app.store.set({ notices: [...others, added].slice(-noticeLimit) });
  if (added.kind === "info") setTimeout(() => dismiss(app, id), infoMilliseconds);
}

export function dismiss(app: App, id: number): void {
  app.store.set({ notices: app.store.get().notices.filter((notice) => notice.id !== id) });
}

/** `doing` completes "could not …", where the failure does not say itself what failed. */
export function notifyFailure(app: App, doing: string, error: unknown): void {
  const words = wordsOf(error);
  if (words === null) return;
  const title = error instanceof Failed ? capitalized(words.title) : `Could not ${doing}: ${words.title}`;
  notify(app, { kind: "error", title, detail: words.detail });
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
