/** A workbench whose every method answers that it was reached: what is tested is the door. */
import { workbench as contract } from "../../../protocol/contracts.ts";
import { Failed } from "../../../protocol/failures.ts";
import type { Handlers } from "../../../protocol/peer.ts";
import type { Notify } from "../../../main/notify.ts";
import type { Workbench } from "../../../main/workbench.ts";

export interface FakeWorkbench {
  /** only what a door uses */
  readonly workbench: Workbench;
  readonly calls: string[];
  readonly sessions: Set<Notify>;
}

export function fakeWorkbench(): FakeWorkbench {
  const calls: string[] = [];
  const sessions = new Set<Notify>();
  const reached = Object.fromEntries(
    Object.keys(contract).map((method) => [
      method,
      async () => {
        calls.push(method);
        throw new Failed({ kind: "usage", message: `${method} was reached` });
      },
    ]),
  ) as unknown as Handlers<typeof contract>;
  const handlers: Handlers<typeof contract> = {
    ...reached,
    "session.commands": async () => {
      calls.push("session.commands");
      return { commands: [] };
    },
  };
  const workbench = {
    connect(notify: Notify) {
      sessions.add(notify);
      return { handlers, end: () => void sessions.delete(notify) };
    },
    close: async () => undefined,
  };
  return { workbench: workbench as unknown as Workbench, calls, sessions };
}
