/** A map to change, and the rooms that change it. */
import "vscode-jsonrpc/node";
import { createHelperPool } from "../../../main/helpers/helper-pool.ts";
import { openJournals } from "../../../main/maps/staged/journal.ts";
import { openChanges } from "../../../main/maps/staged/open-changes.ts";
import { openMapShapes } from "../../../main/rows/map-shapes.ts";
import type { Change } from "../../../protocol/changes.ts";

/** the token of a request that nobody cancels */
export const never = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) };

export function openRooms(state: string, tell: (done: number, total: number) => void = () => undefined) {
  const helpers = createHelperPool({
    asking: { terminal: false },
    changed: () => undefined,
    progress: () => undefined,
  });
  const journals = openJournals(() => state);
  const handlers = openChanges({
    helpers,
    journals,
    shapes: openMapShapes(() => state),
    tell: ({ done, total }) => tell(done, total),
  });
  return { helpers, journals, handlers };
}

export function u32of(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Row `at` of the big change: a third are new, a third have another value, a third go. */
export function bigChange(at: number): Change {
  const key = u32of(at).toString("base64");
  const was = Buffer.concat([u32of(at), u32of(1)]).toString("base64");
  const value = Buffer.concat([u32of(at), u32of(2)]).toString("base64");
  if (at % 3 === 0) return { key, was: null, value };
  return at % 3 === 1 ? { key, was, value } : { key, was, value: null };
}
export const bigCount = 100_000;
