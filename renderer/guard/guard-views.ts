/** Deadlines as the window shows them: each with the moment at which it ends by the window's own clock. Pure. */
import type { Guard, GuardList } from "../../protocol/guard.ts";
import type { AttachedProgram } from "../../protocol/interfaces.ts";

export interface GuardView extends Guard {
  /** milliseconds of performance.now() */
  readonly endsAt: number;
  /** it waited when it was heard of last, and is not listed any more: nobody here knows how it ended */
  readonly lost?: true;
}

/** What is listed now, and what was waiting before and is not listed any more; `dismissed` is not shown again. */
export function takeGuards(
  before: readonly GuardView[],
  { guards }: GuardList,
  now: number,
  dismissed: ReadonlySet<string> = new Set(),
): readonly GuardView[] {
  const listed = guards.map((guard): GuardView => ({ ...guard, endsAt: now + guard.secondsLeft * 1000 }));
  const gone = before
    .filter((old) => !listed.some(({ guard }) => guard === old.guard))
    // what was settled before stays until it is dismissed: main forgets it after a minute
    .map((old): GuardView => (old.state === "waiting" ? { ...old, lost: true } : old));
  return [...listed, ...gone].filter(({ guard, state }) => state === "waiting" || !dismissed.has(guard));
}

export function isWaiting({ state, lost }: GuardView): boolean {
  return state === "waiting" && lost !== true;
}

/** whole seconds until it rolls back, never below 0 */
export function secondsLeft({ endsAt, seconds }: GuardView, now: number): number {
  return Math.min(seconds, Math.max(0, Math.ceil((endsAt - now) / 1000)));
}

/** 1 at the beginning, 0 at the end */
export function shareLeft({ endsAt, seconds }: GuardView, now: number): number {
  return Math.min(1, Math.max(0, (endsAt - now) / 1000 / seconds));
}

/** "eth0", "port0 and port1", "port0, port1 and 3 more" */
export function placesWords(names: readonly string[]): string {
  const [first = "", second, ...more] = names;
  if (second === undefined) return first;
  if (more.length === 0) return `${first} and ${second}`;
  return `${first}, ${second} and ${more.length} more`;
}

export function guardedNames({ targets, map }: GuardView): string {
  return map !== undefined ? map.name : placesWords(targets.map(({ place }) => place.name));
}

export function programName({ name, id }: AttachedProgram): string {
  return name === "" ? `program ${id}` : name;
}

/** What is there again when nobody keeps it: "xdp_old (id 77) comes back", "nothing is attached then". */
export function whatComesBack({ targets, map }: GuardView): string {
  if (map !== undefined) return "its entries are as before then";
  const all = targets.map(({ previous }) =>
    previous === null ? null : `${programName(previous)} (id ${previous.id})`,
  );
  const [first] = all;
  if (all.every((one) => one === first)) return first === null ? "nothing is attached then" : `${first} comes back`;
  const each = targets.map(({ place }, index) => `${all[index] ?? "nothing"} on ${place.name}`);
  return `then as before: ${each.join(", ")}`;
}

/** In a sentence, once it is over. */
export function settledWords(guard: GuardView): string {
  if (guard.lost === true) {
    return `The deadline of ${programOf(guard)} on ${guardedNames(guard)} ended while this window was cut off: see what ${guard.map === undefined ? "runs" : "is"} there now`;
  }
  const words = guard.words === "" ? `${guard.state.replace("-", " ")}: ${programOf(guard)}` : guard.words;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** What is guarded: with guardedNames "xdp_drop on eth0", "the change of 2 rows on routes". */
export function programOf({ targets, map }: GuardView): string {
  if (map !== undefined) return `the change of ${map.rows === 1 ? "1 row" : `${map.rows.toLocaleString("en")} rows`}`;
  const [target] = targets;
  return target === undefined ? "the program" : programName(target.program);
}

/** What is told to who cannot see the bar, once each. */
export type Stage = "begun" | "ten" | "over" | Guard["state"];

export function stageOf(guard: GuardView, left: number): Stage {
  if (guard.lost === true) return "over";
  if (guard.state !== "waiting") return guard.state;
  return left <= 10 && guard.seconds > 15 ? "ten" : "begun";
}

export interface GuardKeys {
  readonly keep: string | null;
  readonly back: string | null;
}

export function announcement(guard: GuardView, stage: Stage, keys: GuardKeys): string {
  const what = `${programOf(guard)} on ${guardedNames(guard)}`;
  if (stage === "ten") return `10 seconds left to keep ${what}`;
  if (stage !== "begun" && stage !== "waiting") return settledWords(guard);
  const ways = [
    ...(keys.keep === null ? [] : [`Keep: ${keys.keep}`]),
    ...(keys.back === null ? [] : [`Roll back now: ${keys.back}`]),
  ];
  return [`${what} is rolled back in ${guard.seconds} seconds unless you keep it`, ...ways].join(". ");
}
