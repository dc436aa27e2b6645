/** Work that takes a while and can be stopped: it is shown in the status bar, and Escape or its Cancel button ends it. */
import { type CancellationToken, CancellationTokenSource } from "vscode-jsonrpc";
import { Failed } from "../../protocol/failures.ts";
import type { App } from "./app.ts";

export type WorkKind = "lab" | "traffic" | "verify" | "attach" | "search";

export interface Work {
  readonly id: number;
  readonly kind: WorkKind;
  /** "verifying program.bpf.c"; Cancel says it too */
  readonly title: string;
  /** how far it is, as far as that is known */
  readonly detail: string;
  /** it has taken long enough to be worth showing */
  readonly shown: boolean;
  /** somebody asked for its end, and it has not come yet */
  readonly stopping: boolean;
  readonly stop: () => void;
}

interface Options {
  readonly kind: WorkKind;
  readonly title: string;
  /**
   * What is asked for keeps nothing and changes nothing, so that nobody has to wait for its end: after the cancellation
   * it counts as ended, whether or not the other side has noticed.
   */
  readonly leaveable?: boolean;
}

const shownAfterMilliseconds = 300;
const leftAfterMilliseconds = 500;
let nextId = 1;

/** @throws Failed `cancelled` where it was stopped, and whatever `run` throws */
export async function work<T>(app: App, options: Options, run: (token: CancellationToken) => Promise<T>): Promise<T> {
  const id = nextId++;
  const source = new CancellationTokenSource();
  // made before it can be cancelled: a token that is born cancelled never calls its listeners
  const { token } = source;
  let leave: (why: Failed) => void = () => undefined;
  const left = new Promise<never>((_resolve, reject) => {
    leave = reject;
  });
  left.catch(() => undefined);
  const stop = (): void => {
    if (token.isCancellationRequested) return;
    change(app, id, { stopping: true, shown: true });
    source.cancel();
    if (options.leaveable === true) {
      setTimeout(
        () => leave(new Failed({ kind: "cancelled", message: `${options.title}: cancelled` })),
        leftAfterMilliseconds,
      );
    }
  };
  const { works } = app.store.get();
  const begun: Work = { id, kind: options.kind, title: options.title, detail: "", shown: false, stopping: false, stop };
  app.store.set({ works: [...works, begun] });
  const show = setTimeout(() => change(app, id, { shown: true }), shownAfterMilliseconds);
  try {
    return await Promise.race([run(token), left]);
  } finally {
    clearTimeout(show);
    app.store.set({ works: app.store.get().works.filter((one) => one.id !== id) });
  }
}

/** Main tells how far the lab's work is, without saying which: it is the one that began last. */
export function tellProgress(app: App, detail: string): void {
  const last = app.store.get().works.findLast(({ kind }) => kind === "lab" || kind === "traffic");
  if (last !== undefined) change(app, last.id, { detail });
}

/** Returns whether there was anything to stop. */
export function stopLastWork(app: App, only?: WorkKind): boolean {
  const last = app.store
    .get()
    .works.findLast(({ kind, stopping }) => !stopping && (only === undefined || kind === only));
  last?.stop();
  return last !== undefined;
}

function change(app: App, id: number, patch: Partial<Work>): void {
  const { works } = app.store.get();
  app.store.set({ works: works.map((one) => (one.id === id ? { ...one, ...patch } : one)) });
}
