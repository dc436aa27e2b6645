/** The rows of a change to the kernel, batch after batch, until they are in or the kernel refuses. */
import type { CancellationToken } from "vscode-jsonrpc";
import { changesAtOnce } from "../../../protocol/changes.ts";
import { Failed } from "../../../protocol/failures.ts";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import { type ChangeRows, outcomes, sliced } from "./change-rows.ts";

const mostBytes = 4 * 1024 * 1024;

export interface Target {
  readonly id: number;
  readonly name: string;
  /** where a devmap's ifindex is meant */
  readonly netns: string | null;
  /** see hasSpinLock */
  readonly locked: boolean;
}

export interface Written {
  /** one a row, see `outcomes` */
  readonly outcomes: Uint8Array;
  /** what is there in the place of what was expected, by row */
  readonly found: ReadonlyMap<number, Buffer>;
  /** why it ended before its end; null where it did not */
  readonly ended: string | null;
}

export interface WriteOptions {
  readonly look?: boolean;
  readonly token?: CancellationToken | undefined;
  /** after each batch: the outcomes so far are these rows' */
  readonly wrote?: (outcomes: Uint8Array, done: number) => void;
}

/** Cancelled, it ends between two batches, and says so. @throws Failed what maps.change throws; what was done is done */
export async function writeRows(
  peer: ElevatedPeer,
  target: Target,
  rows: ChangeRows,
  { look = false, token, wrote }: WriteOptions = {},
): Promise<Written> {
  const all = new Uint8Array(rows.count).fill(outcomes.untouched);
  const found = new Map<number, Buffer>();
  const step = Math.max(1, Math.min(changesAtOnce, Math.floor(mostBytes / (rows.keySize + 2 * rows.stride + 1))));
  for (let at = 0; at < rows.count; at += step) {
    if (token?.isCancellationRequested === true) return { outcomes: all, found, ended: "cancelled" };
    const end = Math.min(rows.count, at + step);
    const batch = sliced(rows, at, end);
    const answer = await peer.request("maps.change", {
      ...{ id: target.id, netns: target.netns, locked: target.locked, look, count: batch.count },
      kinds: batch.kinds.toString("base64"),
      keys: batch.keys.toString("base64"),
      olds: batch.olds.toString("base64"),
      news: batch.news.toString("base64"),
    });
    const came = Buffer.from(answer.outcomes, "base64");
    all.set(came, at);
    readFound(rows.stride, came, Buffer.from(answer.found, "base64"), (index, value) => found.set(at + index, value));
    wrote?.(all, end);
    if (answer.refused !== null) {
      const { code, words } = answer.refused;
      return { outcomes: all, found, ended: `${words} (${code}): ${remedy(code, target)}` };
    }
  }
  return { outcomes: all, found, ended: null };
}

function readFound(stride: number, came: Buffer, values: Buffer, take: (index: number, value: Buffer) => void): void {
  let next = 0;
  for (const [index, outcome] of came.entries()) {
    if (outcome !== outcomes.other && outcome !== outcomes.overwritten) continue;
    take(index, values.subarray(next, next + stride));
    next += stride;
  }
}

function remedy(code: string, { name }: Target): string {
  if (code === "E2BIG" || code === "ENOSPC") {
    return `map ${name} is full: remove entries, or load the program with a larger max_entries, then resume or undo`;
  }
  if (code === "EPERM") return `map ${name} is frozen or read-only: nothing can be written to it any more`;
  if (code === "ENOMEM")
    return `the kernel has no memory for another entry of map ${name}: free some, then resume or undo`;
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
