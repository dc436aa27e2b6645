/** lab.up, lab.down, lab.status: one thing at a time for each lab. */
import { setTimeout as sleep } from "node:timers/promises";
import type { CancellationToken } from "vscode-jsonrpc";
import { fail } from "../../protocol/failures.ts";
import type { LabStatus } from "../../protocol/lab.ts";
import { makeLab } from "./make.ts";
import { type LabPlan, planLab } from "./plan.ts";
import { type LabContext, type Probed, probeLab, statusOf, takenText } from "./probe.ts";
import { removeLab } from "./remove.ts";

/** how long another helper may take to make the lab before what it left is taken for a leftover */
const patience = 10_000;

export interface Labs {
  up(name: string | null, token: CancellationToken): Promise<LabStatus>;
  down(name: string | null, token: CancellationToken): Promise<LabStatus>;
  status(name: string | null): Promise<LabStatus>;
}

export function createLabs(context: LabContext): Labs {
  const queues = new Map<string, Promise<unknown>>();
  const inTurn = <T>(plan: LabPlan, run: () => Promise<T>): Promise<T> => {
    const before = queues.get(plan.alias) ?? Promise.resolve();
    const mine = before.then(run, run);
    queues.set(plan.alias, mine);
    const done = (): void => {
      if (queues.get(plan.alias) === mine) queues.delete(plan.alias);
    };
    mine.then(done, done);
    return mine;
  };
  return {
    up(name, token) {
      const plan = planLab(name);
      return inTurn(plan, () => up(context, plan, token));
    },
    down(name, token) {
      const plan = planLab(name);
      return inTurn(plan, () => down(context, plan, token));
    },
    async status(name) {
      const plan = planLab(name);
      return statusOf(plan, await probeLab(context, plan));
    },
  };
}

async function up(context: LabContext, plan: LabPlan, token: CancellationToken): Promise<LabStatus> {
  const before = await settled(context, plan, token);
  if (before.complete) return statusOf(plan, before);
  refuseForeign(plan, before);
  await removeLab(context, plan, before);
  try {
    await makeLab(context, plan, token);
  } catch (error) {
    // what cannot be removed now is recognised as a leftover next time
    await removeLab(context, plan).catch(() => undefined);
    throw error;
  }
  return statusOf(plan, await probeLab(context, plan));
}

async function down(context: LabContext, plan: LabPlan, token: CancellationToken): Promise<LabStatus> {
  const before = await settled(context, plan, token);
  if (!before.found.some(({ ours }) => ours)) refuseForeign(plan, before);
  await removeLab(context, plan, before);
  return statusOf(plan, await probeLab(context, plan));
}

/** Waits for another helper that is making the lab right now. */
async function settled(context: LabContext, plan: LabPlan, token: CancellationToken): Promise<Probed> {
  const start = performance.now();
  for (;;) {
    const probed = await probeLab(context, plan);
    if (probed.maker === null || probed.maker === process.pid || performance.now() - start > patience) return probed;
    context.progress(`waiting for process ${probed.maker}, which is making ${plan.title}`);
    await sleep(100);
    if (token.isCancellationRequested) fail({ kind: "cancelled", message: `${plan.title}: cancelled` });
  }
}

function refuseForeign(plan: LabPlan, { found }: Probed): void {
  const foreign = found.filter(({ ours }) => !ours);
  if (foreign.length === 0) return;
  fail({
    kind: "name-taken",
    message: takenText(plan, foreign),
    name: foreign.map(({ netns }) => netns).join(", "),
  });
}
