/** Sockets of workbenches that were killed while a helper started: `helper-PID-…` of a process that is no more. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isErrno } from "../source/file-failure.ts";

export function removeStaleSockets(directory: string): void {
  for (const name of readdirSync(directory)) {
    const pid = /^helper-(\d+)-[0-9a-f]+$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(directory, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isErrno(error) && error.code === "EPERM";
  }
}
