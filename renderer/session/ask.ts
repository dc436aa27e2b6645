/** A question that must be answered before going on. Escape and closing mean "cancel". */
import type { App } from "./app.ts";

export interface Choice {
  readonly id: string;
  readonly title: string;
  readonly danger?: boolean;
}

export interface Question {
  readonly title: string;
  readonly body: string;
  /** beside Cancel, which is always there and has the focus at first */
  readonly choices: readonly Choice[];
  /** "cancel", or the id of a choice */
  readonly answer: (id: string) => void;
}

export function ask(app: App, question: Omit<Question, "answer">): Promise<string> {
  // One question at a time: a second one answers the first with "cancel".
  app.store.get().question?.answer("cancel");
  return new Promise((resolve) => {
    const answer = (id: string): void => {
      app.store.set({ question: null });
      resolve(id);
    };
    app.store.set({ question: { ...question, answer } });
  });
}
