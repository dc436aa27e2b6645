/** Whether the next attach is rolled back unless it is confirmed, and after how long. */
import { proposedDeadline } from "../preflight/preflight-lines.ts";
import type { SessionState } from "../session/state.ts";

export interface Deadline {
  readonly on: boolean;
  /** 1 to 3600 */
  readonly seconds: number;
}

export const usualSeconds = 30;

/** @returns the same object for the same state */
export function deadlineOf({ deadline, preflight }: Pick<SessionState, "deadline" | "preflight">): Deadline {
  if (deadline !== null) return deadline;
  const proposed = proposedDeadline(preflight?.answer ?? null);
  return proposed === null ? off : on(proposed);
}

export const off: Deadline = { on: false, seconds: usualSeconds };
/** What a change of a map is asked to be confirmed within; nothing where it need not be. */
export function confirmOf({ changeDeadline: { on: is, seconds } }: Pick<SessionState, "changeDeadline">): {
  readonly confirm?: number;
} {
  return is ? { confirm: seconds } : {};
}

const made = new Map<number, Deadline>();

function on(seconds: number): Deadline {
  const known = made.get(seconds) ?? { on: true, seconds };
  made.set(seconds, known);
  return known;
}
