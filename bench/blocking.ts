/**
 * How long main and the elevated helper answered nobody. Main says it itself (loop-delay.mjs); of the helper, whose
 * environment nobody sets, it is what somebody else feels: the longest of tiny requests that go through main to it and
 * back, one every 10 ms, over a connection of its own.
 */
import { connect } from "node:net";
import { join } from "node:path";
import type { BenchWorkbench } from "./start-workbench.ts";
import { say } from "./statistics.ts";

const every = 10;

export interface Blocking {
  /** done with what was said last; null: nobody is asked any more */
  during(what: string | null): Promise<void>;
}

/** For the environment of the workbench that is watched. */
export function loopEnvironment(root: string, folder: string): Record<string, string> {
  return {
    NODE_OPTIONS: `--import=${join(root, "bench/loop-delay.mjs")}`,
    XDPW_BENCH_LOOP: join(folder, "loop"),
  };
}

type Peer = Awaited<ReturnType<BenchWorkbench["connect"]>>;

export async function watchBlocking(peer: Peer, folder: string, what: string): Promise<Blocking> {
  let [phase, longest] = [what, 0];
  const ask = async (): Promise<void> => {
    const from = performance.now();
    await peer.request("interfaces.counters", { place: { netns: null, ifindex: 1, name: "lo" } });
    longest = Math.max(longest, performance.now() - from);
  };
  await ask();
  await mainDelay(folder);
  longest = 0;
  const asking = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const one = ask().finally(() => asking.delete(one));
    asking.add(one);
  }, every);
  return {
    async during(next) {
      if (next === null) clearInterval(timer);
      await Promise.all([...asking]);
      const main = await mainDelay(folder);
      const without = main.waited < 1 ? "" : `, ${main.waited.toFixed(0)} of them without a core`;
      say(`main: longest without an answer, ${phase}`, `${main.turn.toFixed(0)} ms${without}`, "< 50 ms");
      say(`through main to the helper and back, ${phase}`, `${longest.toFixed(0)} ms`, "< 50 ms");
      [phase, longest] = [next ?? "", 0];
    },
  };
}

async function mainDelay(folder: string): Promise<{ readonly turn: number; readonly waited: number }> {
  let text = "";
  for await (const chunk of connect(join(folder, "loop"))) text += String(chunk);
  return JSON.parse(text) as { turn: number; waited: number };
}
