// @ts-check
/**
 * Loaded into the workbench that is measured (NODE_OPTIONS=--import): whoever connects to the socket that
 * XDPW_BENCH_LOOP names is told how long its event loop answered nobody at most since the one before asked, and for how
 * much of that time the thread had no core to run on; in ms.
 */
import { openSync, readSync } from "node:fs";
import { createServer } from "node:net";
import { isMainThread } from "node:worker_threads";

const path = process.env["XDPW_BENCH_LOOP"];
// helpers and threads get the same options
if (path !== undefined && isMainThread && process.argv[1]?.endsWith("serve.js") === true) {
  const file = openSync("/proc/thread-self/schedstat", "r");
  const text = Buffer.alloc(80);
  // ns on a core, ns waiting for one, slices (Documentation/scheduler/sched-stats.rst)
  const waited = () => Number(text.toString("latin1", 0, readSync(file, text, 0, text.length, 0)).split(" ")[1]) / 1e6;
  let before = { at: performance.now(), waited: waited() };
  let longest = { turn: 0, waited: 0 };
  setInterval(() => {
    const now = { at: performance.now(), waited: waited() };
    // of a turn that took no time 1 ms is the timer's own
    const turn = now.at - before.at - 1;
    if (turn > longest.turn) longest = { turn, waited: now.waited - before.waited };
    before = now;
  }, 1).unref();
  createServer((socket) => {
    socket.end(JSON.stringify(longest));
    longest = { turn: 0, waited: 0 };
  })
    .listen(path)
    .unref();
}
