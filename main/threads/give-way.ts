/** Where there are fewer cores than there is to do, those go first that answer somebody: not the thread that calls this. */
import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";

const nice = 5;

export function giveWay(): void {
  try {
    // setpriority(2) takes a thread as well; /proc/thread-self is PID/task/TID
    setPriority(Number(readlinkSync("/proc/thread-self").split("/").at(-1)), nice);
  } catch {
    // it works all the same
  }
}
