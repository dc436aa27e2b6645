/** A deadline with a person at the terminal: counts down, and takes Enter or Ctrl+C for an answer. */
import { CancellationToken } from "vscode-jsonrpc";
import type { Guard, GuardList } from "../../protocol/guard.ts";
import { whatComesBack } from "./guard-text.ts";
import type { CommandContext, Person } from "./command.ts";

const keep = /^\s*(y|yes|k|keep)?\s*$/i;
const back = /^\s*(n|no|r|roll ?back|q|quit)\s*$/i;

/**
 * Whatever comes of the terminal, of this process or of the network: the guard keeps the deadline.
 * @returns the guard as it was settled, by this word, by another's or by the deadline
 */
export async function awaitWord(
  { workbench, handlers, token, note }: CommandContext,
  person: Person,
  guard: Guard,
): Promise<Guard> {
  const end = performance.now() + guard.secondsLeft * 1000;
  note(`Enter keeps it, n or Ctrl+C rolls back; without a word ${whatComesBack(guard)} in ${guard.seconds} s`);
  let settle: (settled: Guard) => void = () => undefined;
  let giveUp: (error: unknown) => void = () => undefined;
  const settled = new Promise<Guard>((resolve, reject) => {
    settle = resolve;
    giveUp = reject;
  });
  const ask = { token: CancellationToken.None };
  const rollBack = (): void => void handlers["guards.rollBack"]({ guard: guard.guard }, ask).then(settle, giveUp);
  const confirm = (): void => void handlers["guards.confirm"]({ guard: guard.guard }, ask).then(settle, giveUp);
  const session = workbench.connect((notification, params) => {
    if (notification !== "guards.changed") return;
    const now = (params as GuardList).guards.find((one) => one.guard === guard.guard);
    if (now !== undefined && now.state !== "waiting") settle(now);
  });
  const stopHearing = person.lines((line) => {
    if (keep.test(line)) confirm();
    else if (back.test(line)) rollBack();
  });
  const interrupted = token.onCancellationRequested(rollBack);
  const show = (): void => person.status(`${Math.max(0, Math.ceil((end - performance.now()) / 1000))} s left`);
  const timer = setInterval(show, 500);
  show();
  try {
    // from here on it is told of, and it may be over already
    const { guards } = await handlers["guards.list"]({}, ask);
    const now = guards.find((one) => one.guard === guard.guard);
    if (now !== undefined && now.state !== "waiting") settle(now);
    if (token.isCancellationRequested) rollBack();
    return await settled;
  } finally {
    clearInterval(timer);
    interrupted.dispose();
    stopHearing();
    session.end();
    person.status("");
  }
}
