/** Counting goes on for all windows together; "from zero" is this one's own. Pure. */
import type { RedirectRow, RedirectsState } from "../../protocol/redirects.ts";

/** What grew since then; rows that did not are left out. Counting that began anew meanwhile is taken as it is. */
export function since(state: RedirectsState, zero: RedirectsState | null): RedirectsState {
  if (zero === null || state.seconds < zero.seconds) return state;
  const before = new Map(zero.rows.map((row) => [row.key, row]));
  const rows = state.rows.flatMap((row) => {
    const then = before.get(row.key);
    const [packets, drops] = [grown(row.packets, then?.packets), grown(row.drops, then?.drops)];
    return packets === 0n && drops === 0n ? [] : [{ ...row, packets: `${packets}`, drops: `${drops}` }];
  });
  return { ...state, seconds: state.seconds - zero.seconds, rows };
}

function grown(now: string, then: string | undefined): bigint {
  const difference = BigInt(now) - BigInt(then ?? "0");
  return difference > 0n ? difference : 0n;
}

export function losses(rows: readonly RedirectRow[]): readonly RedirectRow[] {
  return rows.filter(({ drops }) => drops !== "0");
}

export function arrivals(rows: readonly RedirectRow[]): readonly RedirectRow[] {
  return rows.filter(({ packets }) => packets !== "0");
}
