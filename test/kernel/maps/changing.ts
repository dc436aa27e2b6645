/** The rooms that change maps. */
import "vscode-jsonrpc/node";
import { openAttachments } from "../../../main/attach/attachments.ts";
import { createHelperPool } from "../../../main/helpers/helper-pool.ts";
import { openJournals } from "../../../main/maps/staged/journal.ts";
import type { Changing } from "../../../main/maps/staged/apply-changes.ts";
import { openChanges } from "../../../main/maps/staged/open-changes.ts";
import { threadsHere } from "../../main/maps/threads-here.ts";
import { openMapFiles } from "../../../main/maps/transfer/open-map-files.ts";
import { openMapShapes } from "../../../main/rows/map-shapes.ts";

/** the token of a request that nobody cancels */
export const never = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) };

export function openRooms(state: string, tell: (done: number, total: number) => void = () => undefined) {
  const helpers = createHelperPool({
    asking: { terminal: false },
    changed: () => undefined,
    progress: () => undefined,
  });
  const journals = openJournals(() => state);
  const shapes = openMapShapes(() => state);
  const attachments = openAttachments(state);
  const changing: Changing = { helpers, attachments, journals, shapes, tell: ({ done, total }) => tell(done, total) };
  return {
    helpers,
    changing,
    handlers: { ...openChanges(changing), ...openMapFiles(changing, threadsHere(2), () => undefined) },
  };
}

export function u32of(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
