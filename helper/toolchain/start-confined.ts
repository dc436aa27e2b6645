/**
 * Starts a child in its sandbox so that ending it ends all of it. bwrap 0.8 killed in its first milliseconds leaves the
 * process that it has just cloned behind, waiting for a word from it that never comes: PR_SET_PDEATHSIG is set later.
 * So that process is ended first, by its own id.
 */
import { readFileSync } from "node:fs";
import { type ChildOptions, type Finished, type Running, start } from "../run.ts";

export function startConfined(options: ChildOptions, collect = true): Running {
  const running = start(options, collect);
  if (options.argv[0] !== "bwrap") return running;
  const { child } = running;
  const endInner = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) endChildrenOf(child.pid);
  };
  // held later than the child itself, so released before it
  const held = options.ledger.hold("sandboxed child", endInner);
  const finished = running.finished.finally((): void => held.release());
  return {
    child,
    finished: finished as Promise<Finished>,
    kill(why) {
      endInner();
      running.kill(why);
    },
  };
}

/** The parent is stopped meanwhile, so that it makes no further one; whoever calls kills it next. */
function endChildrenOf(pid: number): void {
  try {
    process.kill(pid, "SIGSTOP");
    awaitStop(pid);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    for (const child of children.split(" ").filter(Boolean)) process.kill(Number(child), "SIGKILL");
  } catch {
    // gone by itself, or a kernel without CONFIG_PROC_CHILDREN
  }
}

/** A signal is taken on the way out of a system call: a clone that was under way is finished first, and is to be seen. */
function awaitStop(pid: number): void {
  const nap = new Int32Array(new SharedArrayBuffer(4));
  for (let round = 0; round < 100; round++) {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // proc_pid_stat(5): the state follows the name in brackets
    if ("TtZX".includes(stat.charAt(stat.lastIndexOf(")") + 2))) return;
    Atomics.wait(nap, 0, 0, 1);
  }
}
