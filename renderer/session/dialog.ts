/** The boxes that come over the window, one at a time, each with what it shows. */
import type { OurAttachment } from "../../protocol/attach.ts";
import type { Place } from "../../protocol/interfaces.ts";
import type { GlobalVariable, ReloadPlan } from "../../protocol/reload.ts";
import type { Choices } from "../reload/plan-choices.ts";
import type { App } from "./app.ts";

/** A name or path to type. */
export interface Naming {
  readonly kind: "naming";
  readonly title: string;
  readonly label: string;
  readonly value: string;
  /** of the value, what typing replaces: from, to */
  readonly chosen: readonly [number, number];
  readonly button: string;
  /** a text says what is wrong with the name; else it closes, and what is given runs when the focus is free again */
  readonly submit: (value: string) => Promise<string | (() => void) | null>;
}

/** What of the running program's state a newer build goes on with. */
export interface ReloadQuestion {
  readonly kind: "reload";
  readonly plan: ReloadPlan;
  readonly place: Place;
  readonly proposed: Choices;
  /** variables that were written to while they ran */
  readonly changed: readonly GlobalVariable[];
  readonly answer: (choices: Choices) => void;
}

/** Something is expected to keep an attach from working; what it is, is in the state. */
export interface PreflightQuestion {
  readonly kind: "preflight";
  readonly answer: (go: boolean) => void;
}

/** Everything of ours is to be detached: what that is. */
export interface DetachAllQuestion {
  readonly kind: "detach-all";
  readonly attachments: readonly OurAttachment[];
}

export type Dialog =
  | Naming
  | ReloadQuestion
  | PreflightQuestion
  | DetachAllQuestion
  /** what was applied to a map, or to any, since this boot */
  | { readonly kind: "journal"; readonly id: number | null; readonly name: string | null }
  /** of globals and map sizes of a source */
  | { readonly kind: "load"; readonly path: string }
  /** of a map that no program brought */
  | { readonly kind: "new-map" }
  /** of a folder to open as workspace */
  | { readonly kind: "folder" }
  /** what a copy of a template is to be called; `id` of the one to begin with */
  | { readonly kind: "template"; readonly id: string | null }
  /** files, and behind ">" actions */
  | { readonly kind: "palette"; readonly text: string };

export function showDialog(app: App, dialog: Dialog): void {
  // over a question nothing else comes
  if (app.store.get().question === null) app.store.set({ dialog });
}

export function closeDialog(app: App): void {
  app.store.set({ dialog: null });
}

/** Asks in a box, which comes in place of a question; null where something else took it away, such as Escape. */
export function askInDialog<A>(app: App, make: (answer: (given: A) => void) => Dialog): Promise<A | null> {
  return new Promise((resolve) => {
    const dialog = make((given) => {
      resolve(given);
      closeDialog(app);
    });
    app.store.get().question?.answer("cancel");
    showDialog(app, dialog);
    const unsubscribe = app.store.subscribe(() => {
      if (app.store.get().dialog === dialog) return;
      unsubscribe();
      resolve(null);
    });
  });
}
