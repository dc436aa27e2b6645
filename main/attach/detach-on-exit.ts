/**
 * The setting detachOnExit: when the last process that windows are open through ends normally, what windows attached is
 * detached. After a crash it stays, and is found again.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failed } from "../../protocol/failures.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import type { Attachments } from "./attachments.ts";
import { type DetachedAll, detachAll } from "./detach-all.ts";

export interface WindowDoor {
  /** windows may come from now on */
  open(): void;
  readonly isOpen: boolean;
  /** whether it was the last of the user's; false where it was not open */
  close(): boolean;
}

/** A file a process in the state directory; of one that was killed it is removed by the next. */
export function createWindowDoor(directory: string): WindowDoor {
  const own = `door-${process.pid}-${startOf(process.pid) ?? 0}`;
  let isOpen = false;
  return {
    open() {
      if (!isOpen) writeFileSync(join(directory, own), "", { mode: 0o600 });
      isOpen = true;
    },
    get isOpen() {
      return isOpen;
    },
    close() {
      if (!isOpen) return false;
      isOpen = false;
      // ours first: of two that end together at least one then sees that it is the last
      rmSync(join(directory, own), { force: true });
      let others = 0;
      for (const name of readdirSync(directory)) {
        const found = /^door-(\d+)-(\d+)$/.exec(name);
        if (found === null) continue;
        if (startOf(Number(found[1])) === found[2]) others += 1;
        else rmSync(join(directory, name), { force: true });
      }
      return others === 0;
    },
  };
}

/** Clock ticks since boot at which the process started (proc(5), the 22nd field of stat); null where there is none. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // the second field is the command's name, which may hold anything
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

/**
 * Null where there was nothing to do, or nobody to do it: no password is asked for at the end. What waits under a
 * deadline is its guard's: it takes back what nobody confirms.
 */
export async function detachOnExit(helpers: HelperPool, attachments: Attachments): Promise<DetachedAll | null> {
  if (!attachments.all().some(({ by }) => by === "window")) return null;
  try {
    const peer = await helpers.elevatedIfFree();
    if (peer === null) return null;
    const { guards } = await peer.request("guards.list", {});
    const waiting = guards.filter(({ state }) => state === "waiting").flatMap(({ targets }) => targets);
    const guarded = new Set(waiting.map(({ program }) => program.id));
    return await detachAll(
      peer,
      attachments,
      ({ record, program }) => record.by === "window" && !guarded.has(program.id),
    );
  } catch (error) {
    if (error instanceof Failed) return null;
    throw error;
  }
}
