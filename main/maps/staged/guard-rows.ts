/** Before the first row is written a guard holds what was there: it takes the rows back unless somebody confirms in time. */
import { changesAtOnce } from "../../../protocol/changes.ts";
import type { Guard } from "../../../protocol/guard.ts";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import { type ChangeRows, sliced } from "./change-rows.ts";
import type { Target } from "./write-rows.ts";

const mostBytes = 4 * 1024 * 1024;
/** a word may be on its way when the deadline ends, ms */
const slack = 2_000;

export interface Guarded {
  /** as the journal keeps it; null: its deadline does not run yet */
  mark(guard: Guard | null): { readonly id: string; readonly until: number | null };
  /** all are written that will be: the deadline runs */
  applied(): Promise<Guard>;
}

/** @throws Failed; nothing is written then */
export async function guardRows(
  peer: ElevatedPeer,
  { id, name, netns, locked, counted }: Target,
  rows: ChangeRows,
  journal: string,
  seconds: number,
): Promise<Guarded> {
  const { keySize, stride } = rows;
  const map = { id, name, netns, rows: rows.count, journal };
  const { guard } = await peer.request("guards.holdMap", {
    ...{ seconds, map, keySize, stride, locked },
    counted: counted?.toString("base64") ?? null,
  });
  const step = Math.max(1, Math.min(changesAtOnce, Math.floor(mostBytes / (keySize + 2 * stride + 1))));
  for (let from = 0; from < rows.count; from += step) {
    const part = sliced(rows, from, Math.min(rows.count, from + step));
    await peer.request("guards.holdRows", {
      guard,
      rows: {
        count: part.count,
        kinds: part.kinds.toString("base64"),
        keys: part.keys.toString("base64"),
        olds: part.olds.toString("base64"),
        news: part.news.toString("base64"),
      },
    });
  }
  await peer.request("guards.watchMap", { guard, applied: false });
  return {
    mark: (now) => ({ id: guard, until: now === null ? null : Date.now() + now.secondsLeft * 1000 + slack }),
    applied: () => peer.request("guards.watchMap", { guard, applied: true }),
  };
}
