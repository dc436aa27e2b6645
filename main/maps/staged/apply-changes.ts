/**
 * diff ─apply▶ report, and back. Each way runs over the same rows and may run again: what is so already is left, what somebody
 * else changed is told and left. So an interrupted one is finished, or taken back, by running it again in the wished direction.
 */
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import type { Applied, Applying, applyParams, JournalEntry, Survey } from "../../../protocol/changes.ts";
import { conflictsShown } from "../../../protocol/changes.ts";
import { Failed } from "../../../protocol/failures.ts";
import type { Attachments } from "../../attach/attachments.ts";
import type { ElevatedPeer, HelperPool } from "../../helpers/helper-pool.ts";
import { formatCells } from "../../tables/format-value.ts";
import type { MapShapes } from "../../rows/map-shapes.ts";
import { describeTyped } from "../../rows/typed-layout.ts";
import type { DescribedMap } from "../describe-entries.ts";
import { type ChangeRows, chosen, countKinds, inverted, keyAt, outcomes, rowsOf } from "./change-rows.ts";
import { guardRows } from "./guard-rows.ts";
import { countedBits } from "./counted-bits.ts";
import { hasSpinLock } from "./has-spin-lock.ts";
import { type About, type Journal, type Journals, madeByUs } from "./journal.ts";
import { report } from "./report.ts";
import { type Target, type Written, writeRows, wrongShape } from "./write-rows.ts";

export interface Changing {
  readonly helpers: HelperPool;
  readonly attachments: Attachments;
  readonly journals: Journals;
  /** how the tables show their cells */
  readonly shapes: MapShapes;
  readonly tell: (progress: Applying) => void;
}

/** @throws Failed `bad-value` (other sizes, read-only), `not-found`, `file` (no journal, then nothing was written), `helper-gone` */
export async function applyChanges(
  changing: Changing,
  params: z.infer<typeof applyParams>,
  token?: CancellationToken,
): Promise<Applied> {
  const peer = await changing.helpers.elevated(`change map ${params.id}`);
  const described = await describeTyped(peer, params.id, changing.shapes);
  const { map, valueStride } = described.description;
  if (described.layout.readOnly !== null) {
    throw new Failed({ kind: "bad-value", field: "changes", message: `map ${map.name} ${described.layout.readOnly}` });
  }
  const rows = rowsOf(params.changes, map.keySize, valueStride);
  if (rows === null) throw wrongShape(map.name);
  const { netns, title, confirm } = params;
  return (await applyRows(changing, peer, described, rows, { netns, title, confirm, token })).applied;
}

export interface ApplyOptions {
  readonly netns: string | null;
  /** what a list of changes calls it */
  readonly title: string;
  /** rows of a file, see writeRows */
  readonly bulk?: boolean;
  readonly fill?: boolean;
  /** nothing is written before it resolves, and nothing kept of it where it rejects */
  readonly ready?: Promise<void>;
  /** taken back unless it is confirmed within so many seconds */
  readonly confirm?: number | undefined;
  readonly token?: CancellationToken | undefined;
}

/** What is read from a file, or typed: the same way in. */
export async function applyRows(
  changing: Changing,
  peer: ElevatedPeer,
  described: DescribedMap,
  rows: ChangeRows,
  { netns, title, bulk = false, fill = false, ready, confirm, token }: ApplyOptions,
): Promise<{ readonly applied: Applied; readonly written: Written }> {
  const { map } = described.description;
  const journal = await changing.journals.begin(
    {
      ...{ map: { id: map.id, name: map.name }, netns, title },
      ...{ keySize: rows.keySize, stride: rows.stride, count: rows.count },
      ...countKinds(rows),
    },
    rows,
    helperOf(changing),
  );
  await ready?.catch((error: unknown) => {
    changing.journals.forget(journal.name);
    throw error;
  });
  let noted = 0;
  const target = targetOf(described, netns);
  return busy(changing, journal, async () => {
    const guarded = confirm === undefined ? null : await guardRows(peer, target, rows, journal.name, confirm);
    if (guarded !== null) changing.journals.mark(journal, { ...begun, guard: guarded.mark(null) }, helperOf(changing));
    const written = await writeRows(peer, target, rows, {
      ...{ token, bulk, fill },
      wrote(all, done) {
        changing.journals.note(journal, all.subarray(noted, done));
        noted = done;
        changing.tell({ id: map.id, journal: journal.name, done, total: rows.count });
      },
    }).catch((error: unknown) => brokenOff(error, journal));
    const guard = await guarded?.applied();
    const whole = { towards: "applied", whole: written.ended === null } as const;
    if (guarded !== null && guard !== undefined) {
      changing.journals.mark(journal, { ...whole, guard: guarded.mark(guard) }, helperOf(changing));
    } else if (whole.whole) changing.journals.mark(journal, whole, helperOf(changing));
    const applied = report(journal.name, described.layout, rows, written);
    return { applied: guard === undefined ? applied : { ...applied, guard }, written };
  });
}

const begun = { towards: "applied", whole: false } as const;

/** Nobody knows how far it came: but the map and the journal do. */
function brokenOff(error: unknown, { name, about: { title, count } }: Journal): never {
  if (!(error instanceof Failed)) throw error;
  const { failure } = error;
  const message = `${failure.message}: “${title}” broke off; which of its ${count} rows are in says xdpw map survey ${name}; then resume (xdpw map redo ${name}) or undo (xdpw map undo ${name})`;
  throw new Failed({ ...failure, message });
}

/** Finishes what was interrupted, or does again what was undone. */
export async function redoChanges(changing: Changing, name: string, token?: CancellationToken): Promise<Applied> {
  const { journal, peer, described, rows } = await open(changing, name);
  const { journals } = changing;
  const noted = journals.noted(journal);
  // nothing was taken back as long as it was on its way in: rows that were not reached belong to it too
  const first = journal.about.towards === "applied";
  const wanted = first ? new Uint8Array(rows.count).fill(1) : madeByUs(noted, rows.count);
  journals.mark(journal, { towards: "applied", whole: false }, helperOf(changing));
  return busy(changing, journal, async () => {
    const some = chosen(rows, wanted);
    const written = await writeRows(peer, targetOf(described, journal.about.netns), some, {
      token,
      wrote: (_, done) => changing.tell({ id: journal.about.map.id, journal: journal.name, done, total: some.count }),
    });
    journals.renote(journal, renoted(rows.count, noted, wanted, written.outcomes));
    if (written.ended === null) journals.mark(journal, { towards: "applied", whole: true }, helperOf(changing));
    return report(journal.name, described.layout, some, written);
  });
}

/** Takes back the rows that this journal's changes made; those that somebody changed since are conflicts, and stay. */
export async function undoChanges(changing: Changing, name: string, token?: CancellationToken): Promise<Applied> {
  const { journal, peer, described, rows } = await open(changing, name);
  const back = inverted(chosen(rows, madeByUs(changing.journals.noted(journal), rows.count)));
  changing.journals.mark(journal, { towards: "undone", whole: false }, helperOf(changing));
  return busy(changing, journal, async () => {
    const written = await writeRows(peer, targetOf(described, journal.about.netns), back, {
      token,
      wrote: (_, done) => changing.tell({ id: journal.about.map.id, journal: journal.name, done, total: back.count }),
    });
    if (written.ended === null) changing.journals.mark(journal, { towards: "undone", whole: true }, helperOf(changing));
    return report(journal.name, described.layout, back, written);
  });
}

/** Which rows are in, read from the map itself. */
export async function surveyChanges({ helpers, journals, shapes }: Changing, name: string): Promise<Survey> {
  const journal = journals.find(name);
  const peer = await helpers.elevated(`read map ${journal.about.map.id}`);
  const described = await describeTyped(peer, journal.about.map.id, shapes);
  const rows = journals.rows(journal);
  const target = targetOf(described, null);
  const { outcomes: came } = await writeRows(peer, target, rows, { look: true });
  const keys = { after: new Array<string>(), before: new Array<string>(), other: new Array<string>() };
  const counts = { after: 0, before: 0, other: 0 };
  for (const [at, outcome] of came.entries()) {
    const side = outcome === outcomes.already ? "after" : outcome === outcomes.untouched ? "before" : "other";
    counts[side] += 1;
    if (keys[side].length < conflictsShown) {
      keys[side].push(formatCells(described.layout.key, keyAt(rows, at)).join(" "));
    }
  }
  return { ...counts, keys };
}

export function listChanges(journals: Journals, id: number | null): JournalEntry[] {
  return journals
    .list()
    .filter(({ about }) => id === null || about.map.id === id)
    .map(({ name, about, running }) => ({
      journal: name,
      ...{ map: about.map, title: about.title, at: about.at / 1000 },
      ...{ added: about.added, replaced: about.replaced, removed: about.removed },
      state: stateOf(about, running),
      towards: about.towards,
      ...(about.guard === undefined ? {} : { guard: about.guard.id }),
    }));
}

/** A guard that has decided while nobody was there to hear of it: the map is to be asked. */
function stateOf({ guard, whole, towards }: About, running: boolean): JournalEntry["state"] {
  if (guard !== undefined && !running) {
    return guard.until !== null && Date.now() < guard.until ? "guarded" : "interrupted";
  }
  return whole ? towards : running ? "running" : "interrupted";
}

async function open({ helpers, journals, shapes }: Changing, name: string) {
  const journal = journals.find(name);
  const { map, title } = journal.about;
  if (journal.running) {
    throw new Failed({
      kind: "name-taken",
      message: `changes of map ${map.name} (${title}) are still being written: wait for them, or cancel them`,
      name,
    });
  }
  const peer = await helpers.elevated(`change map ${map.id}`);
  const described = await describeTyped(peer, map.id, shapes);
  const rows = journals.rows(journal);
  if (rows.keySize !== described.description.map.keySize || rows.stride !== described.description.valueStride) {
    throw wrongShape(map.name);
  }
  return { journal, peer, described, rows };
}

function helperOf({ helpers }: Changing): number {
  return helpers.state().pid ?? 0;
}

async function busy<T>({ journals }: Changing, { name }: Journal, run: () => Promise<T>): Promise<T> {
  journals.busy.add(name);
  try {
    return await run();
  } finally {
    journals.busy.delete(name);
  }
}

function targetOf({ description, layout }: DescribedMap, netns: string | null): Target {
  const { id, name, type } = description.map;
  return { id, name, type, netns, locked: hasSpinLock(description), counted: countedBits(layout) };
}

/** A row that was ours stays ours where it is so already; one that was never noted counts as ours then. */
function renoted(count: number, noted: Uint8Array, wanted: Uint8Array, came: Uint8Array): Uint8Array {
  const all = new Uint8Array(count).fill(outcomes.untouched);
  const ours = madeByUs(noted, count);
  let next = 0;
  for (let at = 0; at < count; at++) {
    if (wanted[at] === 0) {
      all[at] = noted[at] ?? outcomes.untouched;
      continue;
    }
    const outcome = came[next++] ?? outcomes.untouched;
    all[at] = outcome === outcomes.already && ours[at] === 1 ? outcomes.done : outcome;
  }
  return all;
}
