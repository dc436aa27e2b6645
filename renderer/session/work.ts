/** Work that takes a while and can be stopped: it is shown in the status bar, and Escape or its Cancel button ends it. */
import { type CancellationToken, CancellationTokenSource } from "vscode-jsonrpc";
import { Failed } from "../../protocol/failures.ts";
import type { Judging } from "../../protocol/verify.ts";
import type { App } from "./app.ts";

export type WorkKind = "lab" | "traffic" | "verify" | "attach" | "search" | "packets" | "maps";

export interface Work {
  readonly id: number;
  readonly kind: WorkKind;
  /** "verifying program.bpf.c"; Cancel says it too */
  readonly title: string;
  /** how far it is, as far as that is known */
  readonly detail: string;
  /** it has taken long enough to be worth showing */
  readonly shown: boolean;
  /** nobody asked for it by name: as long as it is not shown, it is not stopped by name either */
  readonly quiet: boolean;
  /** the source that it is about; null where it is about none */
  readonly path: string | null;
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
  readonly path?: string;
  /** it is not shown before it is told how far it is */
  readonly quiet?: boolean;
  /** ends it too, without a word */
  readonly token?: CancellationToken;
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
  const { kind, title, quiet = false, path = null } = options;
  const begun: Work = { id, kind, title, quiet, path, detail: "", shown: false, stopping: false, stop };
  app.store.set({ works: [...works, begun] });
  const show = quiet ? undefined : setTimeout(() => change(app, id, { shown: true }), shownAfterMilliseconds);
  const link = options.token?.onCancellationRequested(() => source.cancel());
  try {
    return await Promise.race([run(token), left]);
  } finally {
    clearTimeout(show);
    link?.dispose();
    app.store.set({ works: app.store.get().works.filter((one) => one.id !== id) });
  }
}

/** Main tells how far the lab's work is, without saying which: it is the one that began last. */
export function tellProgress(app: App, detail: string): void {
  const last = app.store.get().works.findLast(({ kind }) => kind === "lab" || kind === "traffic");
  if (last !== undefined) change(app, last.id, { detail });
}

/** The verifier is at a program of that source for a while already. */
export function tellJudging(app: App, { path, program, seconds }: Judging): void {
  const detail = `the verifier has been at ${program} for ${seconds} s`;
  for (const one of app.store.get().works) if (one.path === path) change(app, one.id, { detail, shown: true });
}

export function isStoppable({ stopping, quiet, shown }: Work): boolean {
  return !stopping && (shown || !quiet);
}

/** Returns whether there was anything to stop. */
export function stopLastWork(app: App, only?: WorkKind): boolean {
  const last = app.store.get().works.findLast((one) => isStoppable(one) && (only === undefined || one.kind === only));
  last?.stop();
  return last !== undefined;
}

function change(app: App, id: number, patch: Partial<Work>): void {
  const { works } = app.store.get();
  app.store.set({ works: works.map((one) => (one.id === id ? { ...one, ...patch } : one)) });
}
