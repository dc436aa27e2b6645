/** Deadlines that run: as main tells them, and the user's word on them. */
import type { GuardList } from "../../protocol/guard.ts";
import { refreshAfterAction } from "../interfaces/refresh-lists.ts";
import type { App } from "../session/app.ts";
import { notifyFailure } from "../session/notices.ts";
import { type GuardView, guardedNames, isWaiting, programOf, takeGuards } from "./guard-views.ts";

const keptMilliseconds = 8000;
const dismissed = new Set<string>();

export function hearGuards(app: App, list: GuardList): void {
  const before = app.store.get().guards;
  const guards = takeGuards(before, list, performance.now(), dismissed);
  app.store.set({ guards });
  for (const { guard, state } of guards) {
    const settledNow = state !== "waiting" && before.some((old) => old.guard === guard && old.state === "waiting");
    // that it was kept is no news for long; what was taken away stays until it was seen
    if (state === "confirmed") setTimeout(() => dismissGuard(app, guard), keptMilliseconds);
    if (settledNow) void refreshAfterAction(app);
  }
}

/** One that main told of in an answer, in case that nothing is told of it later. */
export function hearGuard(app: App, guard: GuardList["guards"][number]): void {
  const others = app.store.get().guards.filter((one) => one.guard !== guard.guard);
  hearGuards(app, { guards: [guard, ...others.filter((one) => one.lost !== true).map(asTold)] });
}

/** What the window adds is taken off again, with the time that is left by now. */
function asTold({ endsAt, lost: _lost, ...guard }: GuardView): GuardList["guards"][number] {
  return { ...guard, secondsLeft: guard.state === "waiting" ? Math.max(0, (endsAt - performance.now()) / 1000) : 0 };
}

/** At each connection: deadlines outlive windows and servers. */
export async function readGuards(app: App): Promise<void> {
  try {
    hearGuards(app, await app.request("guards.list", {}));
  } catch (error) {
    notifyFailure(app, "ask for deadlines that run", error);
  }
}

export async function confirmGuard(app: App, guard: GuardView): Promise<void> {
  try {
    hearGuard(app, await app.request("guards.confirm", { guard: guard.guard }));
  } catch (error) {
    notifyFailure(app, `keep ${programOf(guard)} on ${guardedNames(guard)}`, error);
    await readGuards(app);
  }
}

export async function rollBackGuard(app: App, guard: GuardView): Promise<void> {
  try {
    hearGuard(app, await app.request("guards.rollBack", { guard: guard.guard }));
  } catch (error) {
    notifyFailure(app, `roll back ${programOf(guard)} on ${guardedNames(guard)}`, error);
    await readGuards(app);
  }
}

export function dismissGuard(app: App, guard: string): void {
  dismissed.add(guard);
  app.store.set({ guards: app.store.get().guards.filter((one) => one.guard !== guard || isWaiting(one)) });
}

/** By key: the one that waits. Where several do, a key could mean the wrong one: then the first gets the focus. */
export function settleByKey(app: App, settle: (app: App, guard: GuardView) => Promise<void>): void {
  const waiting = app.store.get().guards.filter(isWaiting);
  const [only] = waiting;
  if (only === undefined) return;
  if (waiting.length === 1) void settle(app, only);
  else document.querySelector<HTMLElement>(".guard-bar.waiting button")?.focus();
}
