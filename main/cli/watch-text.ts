/** What xdpw watch prints: lines for a person, and one JSON object a line for a script (docs/cli.md). */
import type { RedirectEnd, RedirectRow } from "../../protocol/redirects.ts";
import type { Place } from "../../protocol/interfaces.ts";
import { errnoName } from "../redirects/errno-names.ts";
import { actionName, sayPlace, sayWay } from "../redirects/name-ends.ts";
import type { Paint } from "./command.ts";
import type { Runs } from "./watch-runs.ts";

export interface Moment {
  readonly at: Date;
  /** those that grew */
  readonly rows: readonly RedirectRow[];
  readonly runs: readonly Runs[];
  readonly uncounted: string;
}

export function beginText(place: Place | null, netns: string | null, paint: Paint): string {
  const all = netns === null ? "redirects of all interfaces" : `redirects in namespace ${netns}`;
  const what = place === null ? all : `redirects from and to ${sayPlace(place)}`;
  return paint.dim(`counting ${what}; a line appears where something happens; Ctrl+C ends it\n`);
}

/** @param told what was explained before: what a loss means and what would help is said once */
export function momentText({ at, rows, runs, uncounted }: Moment, told: Set<string>, paint: Paint): string {
  const time = paint.dim(clock(at));
  const lines: string[] = [];
  for (const row of rows) {
    const { lossRate, rate, title, meaning, remedies, drops, packets } = row;
    const way = sayWay(row);
    if (lossRate > 0) {
      const who = row.program === null ? "" : ` (${programName(row.program)})`;
      lines.push(
        `${time} ${paint.red("lost")} ${perSecond(lossRate)}, ${grouped(drops)} in all: ${way}${who}: ${paint.bold(title)}`,
      );
      if (!told.has(row.key)) {
        told.add(row.key);
        lines.push(`         ${meaning}`);
        for (const remedy of remedies) lines.push(`         ${paint.green("help:")} ${remedy.text}: ${remedy.command}`);
      }
    }
    if (rate > 0) lines.push(`${time} ${title} ${perSecond(rate)}, ${grouped(packets)} in all: ${way}`);
  }
  for (const { device, program, runsPerSecond, nanosecondsPerRun } of runs) {
    const cost = nanosecondsPerRun === null ? "" : `, ${Math.round(nanosecondsPerRun)} ns a run`;
    lines.push(
      `${time} ran ${perSecond(runsPerSecond)}${cost}: ${programName(program)} on ${sayPlace(device)}, ${program.mode}`,
    );
  }
  if (uncounted !== "0" && !told.has("uncounted")) {
    told.add("uncounted");
    lines.push(`${time} ${paint.yellow("more")} pairs than the table holds: some events were not counted`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

function programName({ id, name }: { readonly id: number; readonly name: string }): string {
  return name === "" ? `program id ${id}` : name;
}

/** as many as the text has to tell of; before momentText, which remembers what was told */
export function momentJson({ at, rows, runs, uncounted }: Moment, told: ReadonlySet<string>): object[] {
  const more = uncounted !== "0" && !told.has("uncounted");
  return [
    ...rows.map((row) => rowJson(at, row)),
    ...runs.map((one) => runsJson(at, one)),
    ...(more ? [{ kind: "uncounted", at: at.getTime() / 1_000, events: uncounted }] : []),
  ];
}

function rowJson(at: Date, row: RedirectRow): object {
  const { tracepoint, from, to, map, action, errno, program, packets, drops, rate, lossRate } = row;
  return {
    kind: "redirect",
    at: at.getTime() / 1_000,
    tracepoint: `xdp_${tracepoint}`,
    ...{ from: endJson(from), to: endJson(to) },
    map: map === null ? null : { id: map.id, name: map.name, type: map.type, slot: map.slot },
    action: actionName(action),
    error: errno === 0 ? null : { errno, code: errnoName(errno) },
    program: program === null ? null : { id: program.id, name: program.name },
    ...{ packets, drops, rate: rounded(rate), loss_rate: rounded(lossRate) },
    ...{ title: row.title, meaning: row.meaning },
    remedies: row.remedies.map(({ text, command }) => ({ text, command })),
  };
}

function runsJson(at: Date, { device, program, runsPerSecond, nanosecondsPerRun }: Runs): object {
  const { netns, name, ifindex } = device;
  return {
    kind: "runs",
    at: at.getTime() / 1_000,
    interface: { netns, name, ifindex },
    program: { id: program.id, name: program.name, mode: program.mode },
    rate: rounded(runsPerSecond),
    ns_per_run: nanosecondsPerRun === null ? null : Math.round(nanosecondsPerRun),
  };
}

function endJson(end: RedirectEnd | null): object | null {
  if (end === null) return null;
  const { place, ifindex } = end;
  return place === null ? { netns: null, name: null, ifindex } : { netns: place.netns, name: place.name, ifindex };
}

function clock(at: Date): string {
  return at.toTimeString().slice(0, 8);
}

function rounded(rate: number): number {
  return Math.round(rate * 10) / 10;
}

/** at least "1/s": something did happen */
function perSecond(rate: number): string {
  return `${grouped(`${Math.max(1, Math.round(rate))}`)}/s`;
}

function grouped(digits: string): string {
  return digits.replaceAll(/\B(?=(\d{3})+$)/g, ",");
}
