/**
 * Many interfaces: 200 in 20 namespaces, listed by the helper through main as the window does; what following them costs
 * while nothing happens; and what one page's live rates cost.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { median, say } from "./statistics.ts";
import type { startWorkbench } from "./start-workbench.ts";

const namespaces = 20;
const pairsEach = 5;
const rounds = 9;
const idleSeconds = 10;
const ratesSeconds = 10;
/** as the window asks; each answer has those of the time since */
const everyMilliseconds = 400;

type BenchPeer = Awaited<ReturnType<Awaited<ReturnType<typeof startWorkbench>>["connect"]>>;

/** Runs while 20 namespaces are there, with 5 pairs each. */
export async function withManyInterfaces(run: (names: readonly string[]) => Promise<void>): Promise<void> {
  const names = Array.from({ length: namespaces }, (_name, index) => `xdpwb${process.pid}-${index}`);
  try {
    for (const netns of names) make(netns);
    await run(names);
  } finally {
    for (const netns of names) remove(netns);
  }
}

export async function benchInterfaces(
  names: readonly string[],
  peer: BenchPeer,
  processes: Readonly<Record<string, number>>,
): Promise<void> {
  const { interfaces } = await peer.request("interfaces.list", {});
  const ours = interfaces.filter(({ netns }) => netns !== null && names.includes(netns));
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const from = performance.now();
    await peer.request("interfaces.list", {});
    times.push(performance.now() - from);
  }
  say(
    `list of ${ours.length} interfaces in ${namespaces} namespaces (median)`,
    `${median(times).toFixed(0)} ms`,
    "< 1000 ms",
  );

  await peer.request("interfaces.watch", {});
  await sleep(1_000);
  const idle = await share(processes, idleSeconds, async () => sleep(idleSeconds * 1000));
  for (const [name, used] of Object.entries(idle))
    say(`following them, idle: ${name}`, `${used.toFixed(2)} % of a core`, "< 1 %");

  const first = ours.find(({ name }) => name.startsWith("v"));
  if (first === undefined) throw new Error("no interface of the bench is listed");
  const place = { netns: first.netns, ifindex: first.ifindex, name: first.name };
  let since = 0;
  let seen = 0;
  const live = await share(processes, ratesSeconds, async () => {
    const until = performance.now() + ratesSeconds * 1000;
    while (performance.now() < until) {
      const from = performance.now();
      const { samples } = await peer.request("interfaces.samples", { place, since });
      since = samples.at(-1)?.at ?? since;
      seen += samples.length;
      await sleep(Math.max(0, everyMilliseconds - (performance.now() - from)));
    }
  });
  const often = `${(seen / ratesSeconds).toFixed(1)} Hz`;
  const together = Object.values(live).reduce((sum, used) => sum + used, 0);
  for (const [name, used] of [...Object.entries(live), ["together", together] as const])
    say(`rates of one interface at ${often}: ${name}`, `${used.toFixed(2)} % of a core`, "< 2 %");
}

function make(netns: string): void {
  execFileSync("ip", ["netns", "add", netns]);
  const lines = Array.from(
    { length: pairsEach },
    (_line, index) => `link add v${index} type veth peer name w${index}\n`,
  );
  execFileSync("ip", ["-n", netns, "-batch", "-"], { input: lines.join("") });
}

function remove(netns: string): void {
  try {
    const lines = Array.from({ length: pairsEach }, (_line, index) => `link del v${index}\n`);
    execFileSync("ip", ["-n", netns, "-force", "-batch", "-"], {
      input: lines.join(""),
      stdio: ["pipe", "ignore", "ignore"],
    });
    execFileSync("ip", ["netns", "del", netns]);
  } catch {
    // it was never made
  }
}

/** CPU time over wall time, in percent of one core, of each process with all its threads while `work` runs */
export async function share(
  processes: Readonly<Record<string, number>>,
  seconds: number,
  work: () => Promise<void>,
): Promise<Record<string, number>> {
  const before = Object.entries(processes).map(([name, pid]) => [name, pid, threadsOf(pid)] as const);
  const from = performance.now();
  await work();
  const wall = Math.max(seconds, (performance.now() - from) / 1000);
  return Object.fromEntries(before.map(([name, pid, used]) => [name, (secondsSince(used, pid) / wall) * 100]));
}

/** ns on a CPU, by thread (Documentation/scheduler/sched-stats.rst): ticks are too coarse for shares of a percent */
function threadsOf(pid: number): ReadonlyMap<string, number> {
  return new Map(
    readdirSync(`/proc/${pid}/task`).map((thread) => {
      const [nanoseconds = "0"] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
      return [thread, Number(nanoseconds)] as const;
    }),
  );
}

/** of the threads that are there: one that ended meanwhile takes its time along */
function secondsSince(before: ReadonlyMap<string, number>, pid: number): number {
  return [...threadsOf(pid)].reduce((sum, [thread, now]) => sum + now - (before.get(thread) ?? 0), 0) / 1e9;
}
