/** The rows of a change to the kernel, batch after batch, until they are in or the kernel refuses. */
import type { CancellationToken } from "vscode-jsonrpc";
import { changesAtOnce, type MapChanged } from "../../../protocol/changes.ts";
import { Failed } from "../../../protocol/failures.ts";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import { type ChangeRows, kinds, outcomes, sliced } from "./change-rows.ts";

const mostBytes = 4 * 1024 * 1024;
/** of additions alone, which block nobody in the helper */
const additionsAtOnce = 16_384;
const additionBytes = 2 * 1024 * 1024;
const ahead = 3;

export interface Target {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  /** where a devmap's ifindex is meant */
  readonly netns: string | null;
  /** see hasSpinLock */
  readonly locked: boolean;
  /** see countedBits; null: every bit of a value is compared */
  readonly counted: Buffer | null;
}

export interface Written {
  /** one a row, see `outcomes` */
  readonly outcomes: Uint8Array;
  /** what is there in the place of what was expected, by row */
  readonly found: ReadonlyMap<number, Buffer>;
  /** why it ended before its end; null where it did not */
  readonly ended: string | null;
  /** the kernel's errno by name where it was that which ended it */
  readonly code: string | null;
}

export interface WriteOptions {
  readonly look?: boolean;
  /**
   * A table from a file: runs of additions go in three batches at a time and are not read back (what BPF_NOEXIST took is
   * in). Where one is refused, some of the rows behind it may be in.
   */
  readonly bulk?: boolean;
  /** The map was empty a moment ago, nobody else has it, and it keeps its entries by value: the kernel's batches, which overwrite. */
  readonly fill?: boolean;
  readonly token?: CancellationToken | undefined;
  /** after each batch: the outcomes up to `done` are known */
  readonly wrote?: (outcomes: Uint8Array, done: number) => void;
}

interface Batch {
  readonly from: number;
  readonly to: number;
  readonly additions: boolean;
}

/** Cancelled, it ends between two batches, and says so. @throws Failed what maps.change throws; what was done is done */
export async function writeRows(
  peer: ElevatedPeer,
  target: Target,
  rows: ChangeRows,
  { look = false, bulk = false, fill = false, token, wrote }: WriteOptions = {},
): Promise<Written> {
  const all = new Uint8Array(rows.count).fill(outcomes.untouched);
  const found = new Map<number, Buffer>();
  let ended: Pick<Written, "ended" | "code"> | null = null;
  let failed: { readonly error: unknown } | null = null;
  const running: { readonly to: number; readonly over: Promise<void> }[] = [];

  const send = async ({ from, to, additions }: Batch): Promise<void> => {
    try {
      const batch = sliced(rows, from, to);
      const answer = await (additions ? add(peer, target, batch, fill) : change(peer, target, batch, look));
      all.set(answer.outcomes, from);
      readFound(rows.stride, answer, (at, value) => found.set(from + at, value));
      if (answer.refused !== null) {
        const { code, words } = answer.refused;
        ended ??= { ended: `${words} (${code}): ${remedy(code, target)}`, code };
      }
    } catch (error) {
      failed ??= { error };
    }
  };
  /** in order, so that all up to it is known */
  const settleFirst = async (): Promise<void> => {
    const first = running.shift();
    await first?.over;
    if (first !== undefined && failed === null) wrote?.(all, first.to);
  };
  const goesOn = (): boolean => ended === null && failed === null && token?.isCancellationRequested !== true;

  let reached = 0;
  let additions = false;
  for (const batch of batchesOf(rows, bulk && !look && !target.locked && target.netns === null)) {
    // removals make room for what comes behind them
    const most = batch.additions && additions ? ahead : 1;
    while (running.length >= most) await settleFirst();
    if (!goesOn()) break;
    additions = batch.additions;
    running.push({ to: batch.to, over: send(batch) });
    reached = batch.to;
  }
  while (running.length > 0) await settleFirst();
  if (failed !== null) throw (failed as { readonly error: unknown }).error;
  return {
    ...{ outcomes: all, found },
    ...(ended ?? { ended: reached < rows.count ? "cancelled" : null, code: null }),
  };
}

function* batchesOf({ count, keySize, stride, kinds: each }: ChangeRows, bulk: boolean): Generator<Batch> {
  const step = Math.max(1, Math.min(changesAtOnce, Math.floor(mostBytes / (keySize + 2 * stride + 1))));
  const large = Math.max(1, Math.min(additionsAtOnce, Math.floor(additionBytes / (keySize + stride))));
  for (let from = 0; from < count; ) {
    let run = from;
    while (bulk && run < count && run - from < large && each[run] === kinds.add) run += 1;
    const additions = run > from;
    let to = run;
    if (!additions) {
      to = Math.min(count, from + step);
      // the additions behind it are a batch of their own
      for (let at = from; bulk && at < to; at++) if (each[at] === kinds.add) to = at;
    }
    yield { from, to, additions };
    from = to;
  }
}

function add(
  peer: ElevatedPeer,
  { id }: Target,
  { count, keys, news }: ChangeRows,
  fill: boolean,
): Promise<MapChanged> {
  return peer.request("maps.addBatch", { id, count, fill, keys, values: news });
}

function change(
  peer: ElevatedPeer,
  { id, netns, locked, counted }: Target,
  { count, kinds, keys, olds, news }: ChangeRows,
  look: boolean,
): Promise<MapChanged> {
  return peer.request("maps.change", {
    ...{ id, netns, locked, look, count, counted: counted?.toString("base64") ?? null },
    ...{ kinds, keys, olds, news },
  });
}

function readFound(
  stride: number,
  { outcomes: came, found }: MapChanged,
  take: (index: number, value: Buffer) => void,
): void {
  if (found.length === 0) return;
  let next = 0;
  for (const [index, outcome] of came.entries()) {
    if (outcome !== outcomes.other && outcome !== outcomes.overwritten) continue;
    take(index, Buffer.from(found.subarray(next, next + stride)));
    next += stride;
  }
}

function remedy(code: string, { name, type }: Target): string {
  if (code === "E2BIG" || code === "ENOSPC") {
    return `map ${name} is full: remove entries, or load the program with a larger max_entries, then resume or undo`;
  }
  if (code === "EPERM") return `map ${name} is frozen or read-only: nothing can be written to it any more`;
  if (code === "ENOMEM")
    return `the kernel has no memory for another entry of map ${name}: free some, then resume or undo`;
  if (code === "EINVAL" && type === "prog_array") {
    return `a program array takes programs of one type only, that of the program which uses it, and alike in JIT and fragments (SEC("xdp.frags")): choose another one for map ${name}`;
  }
  if (code === "ESRCH") return `what an entry of map ${name} is to hold is gone: load or make it anew`;
  if (code === "EINVAL") return `the kernel refuses this key or value for map ${name}: an index or prefix out of range`;
  return `what came before it is in; resume or undo`;
}

/** What was asked for is not of this map. */
export function wrongShape(name: string): Failed {
  return new Failed({
    kind: "bad-value",
    field: "changes",
    message: `change map ${name}: keys and values have other sizes than the map: read it anew, and stage the changes again`,
  });
}
