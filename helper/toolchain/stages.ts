/**
 * The processes of one build, started before there is anything to build: clang blocks on its standard input, llc on
 * clang's output. Feeding them is all that a save has to wait for; how long they stood before makes no difference.
 */
import type { CancellationToken } from "vscode-jsonrpc";
import type { HelperContext } from "../context.ts";
import type { Finished, Running } from "../run.ts";
import { startConfined } from "./start-confined.ts";

/** confined argument vectors */
export interface StageCommands {
  readonly clang: readonly [string, ...string[]];
  /** null where clang makes what is wanted by itself */
  readonly llc: readonly [string, ...string[]] | null;
}

export interface Stages {
  readonly clang: Running;
  readonly llc: Running | null;
  /** one of them has ended already: there is nothing to feed */
  over(): boolean;
  kill(): void;
}

export interface StagesDone {
  readonly clang: Finished;
  /** null where there is none, or clang failed before it */
  readonly llc: Finished | null;
  readonly timedOut: boolean;
}

export interface FeedOptions {
  readonly timeout: number;
  readonly token: CancellationToken;
}

/** the longest that a timer takes: until it is fed nobody waits for it */
const forever = 2 ** 31 - 1;
export const maximumOutput = 16 * 1024 * 1024;

export function startStages(context: Pick<HelperContext, "ledger" | "environment">, commands: StageCommands): Stages {
  const common = { ...context, timeout: forever, maximumOutput };
  const clang = startConfined({ ...common, argv: commands.clang }, commands.llc === null);
  const llc = commands.llc === null ? null : startConfined({ ...common, argv: commands.llc });
  if (llc !== null) clang.child.stdout.pipe(llc.child.stdin);
  let over = false;
  for (const running of [clang, llc]) {
    // who feeds them hears of it; who does not has nobody to tell
    running?.finished.catch(() => undefined).finally(() => (over = true));
  }
  return {
    clang,
    llc,
    over: () => over,
    kill() {
      clang.kill("cancelled");
      llc?.kill("cancelled");
    },
  };
}

/** Gives the source, and waits for both to end. Rejects only where one of them could not be started. */
export async function feedStages(stages: Stages, input: string, { timeout, token }: FeedOptions): Promise<StagesDone> {
  const from = performance.now();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stages.kill();
  }, timeout);
  const cancel = token.onCancellationRequested(() => stages.kill());
  if (token.isCancellationRequested) stages.kill();
  stages.clang.child.stdin.end(input);
  try {
    const clang = since(await ended(stages.clang, stages), from);
    const clangEnd = from + clang.milliseconds;
    // neither stage outlives the other's failure
    if (clang.exit !== 0) stages.llc?.kill("cancelled");
    const llc = stages.llc === null ? null : since(await ended(stages.llc, stages), clangEnd);
    return { clang, llc: clang.exit === 0 ? llc : null, timedOut };
  } finally {
    clearTimeout(timer);
    cancel.dispose();
  }
}

async function ended(running: Running, stages: Stages): Promise<Finished> {
  try {
    return await running.finished;
  } catch (error) {
    stages.kill();
    throw error;
  }
}

/** What it took of the user's time, not how long it stood and waited. */
function since(done: Finished, from: number): Finished {
  return { ...done, milliseconds: performance.now() - from };
}
