/** lab.traffic: frames from a host of the lab, counted where they are meant to arrive. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { CancellationToken } from "vscode-jsonrpc";
import { fail } from "../../protocol/failures.ts";
import type { Traffic as TrafficResult, TrafficParams } from "../../protocol/lab.ts";
import { naming } from "../failures.ts";
import { holding } from "../ledger.ts";
import { namespacePath } from "../namespaces.ts";
import type { FrameCounter } from "../native/face.ts";
import {
  arrivingPattern,
  buildFrames,
  differentFrames,
  frameLength,
  type Pattern,
  replyPattern,
  type Traffic,
} from "./frames.ts";
import { bare, type LabEnd, type LabPlan, planLab } from "./plan.ts";
import { type LabContext, probeLab } from "./probe.ts";

/** Sent in runs of about this long, so that a cancelled one stops soon. */
const runMilliseconds = 100;
/** without a rate: few enough for the counters' buffers */
const fullSpeedRun = 25_600;
const progressMilliseconds = 500;
const stableFor = 50;
const atMost = 1_000;

export async function sendTraffic(
  context: LabContext,
  params: TrafficParams,
  token: CancellationToken,
): Promise<TrafficResult> {
  const plan = planLab(params.name);
  if (params.from === params.to) {
    fail({ kind: "usage", message: `traffic: ${params.from} cannot send to itself: choose another destination` });
  }
  if (!(await probeLab(context, plan)).complete) {
    fail({
      kind: "not-found",
      message: `traffic: ${plan.title} is not up: start it first`,
      what: "lab",
      name: plan.name ?? plan.box,
    });
  }
  const sender = plan.ends[params.from];
  const { seenAt, to } = destination(plan, sender, params);
  const from = { mac: sender.mac, ipv4: bare(sender.ipv4) };
  const traffic: Traffic = { protocol: params.protocol, from, to, marker: randomBytes(16) };
  const reply = replyPattern(traffic);
  return counting(context, seenAt, arrivingPattern(traffic), (arrivals) =>
    counting(context, sender, reply, async (replies) => {
      const counts = (): Counts => ({
        arrived: arrivals?.counts()[0] ?? 0,
        replied: replies?.counts()[0] ?? null,
      });
      const settle = (atLeast: number, quiet: number): Promise<void> => untilStable(counts, atLeast, quiet);
      const { sent, nanoseconds } = await send(context, sender, params, traffic, token, settle);
      await settle(sent, stableFor);
      const missed = (arrivals?.dropped() ?? 0) + (replies?.dropped() ?? 0);
      if (missed > 0) context.progress(`${missed} frames came faster than they could be counted: set a rate`);
      return { netns: sender.netns, sent, ...counts(), nanoseconds: nanoseconds.toString() };
    }),
  );
}

interface Counts {
  readonly arrived: number;
  readonly replied: number | null;
}

/**
 * A port of the box is reached through the port at the sender's side, whichever of its addresses is meant: that is the
 * frame's MAC and where it is seen. A host is meant by its own MAC: what bridges the box must carry it there.
 */
function destination(
  plan: LabPlan,
  sender: LabEnd,
  { to, protocol }: TrafficParams,
): { seenAt: LabEnd; to: Traffic["to"] } {
  const end = plan.ends[to];
  const ipv4 = bare(end.ipv4);
  if (to === "host0" || to === "host1") return { seenAt: end, to: { mac: end.mac, ipv4 } };
  const nearest = plan.ends[sender.peer];
  return { seenAt: nearest, to: { mac: protocol === "arp" ? "ff:ff:ff:ff:ff:ff" : nearest.mac, ipv4 } };
}

function counting<T>(
  { native, ledger }: LabContext,
  end: LabEnd,
  /** null: there is nothing to count */
  pattern: Pattern | null,
  use: (counter: FrameCounter | null) => Promise<T>,
): Promise<T> {
  if (pattern === null) return use(null);
  const doing = `count frames at ${end.interface} of ${end.netns}`;
  return holding(
    ledger,
    doing,
    () =>
      naming({ doing }, () =>
        native.countFrames({ netns: namespacePath(end.netns), ifindex: end.ifindex, patterns: [pattern] }),
      ),
    (counter) => counter.close(),
    use,
  );
}

async function send(
  { native, progress }: LabContext,
  sender: LabEnd,
  { count, rate }: TrafficParams,
  traffic: Traffic,
  token: CancellationToken,
  settle: (atLeast: number, quiet: number) => Promise<void>,
): Promise<{ sent: number; nanoseconds: bigint }> {
  const frames = buildFrames(traffic, Math.min(count, differentFrames));
  const perRun = rate === 0 ? fullSpeedRun : Math.max(1, Math.ceil((rate * runMilliseconds) / 1000));
  const start = performance.now();
  let told = start;
  let sent = 0;
  let nanoseconds = 0n;
  while (sent < count) {
    if (token.isCancellationRequested) fail({ kind: "cancelled", message: `traffic: stopped after ${sent} packets` });
    const wanted = Math.min(perRun, count - sent);
    const done = await sendRun({ native }, sender, startingAt(frames, sent), wanted, rate);
    sent += done.sent;
    nanoseconds += done.nanoseconds;
    if (done.sent < wanted) break;
    if (performance.now() - told > progressMilliseconds) {
      told = performance.now();
      progress(`sent ${sent} of ${count} packets`);
    }
    if (rate === 0) {
      if (sent < count) await settle(sent, 2);
    } else {
      const ahead = start + (sent * 1000) / rate - performance.now();
      if (sent < count && ahead > 1) await sleep(ahead);
    }
  }
  if (rate !== 0) nanoseconds = BigInt(Math.round((performance.now() - start) * 1e6));
  return { sent, nanoseconds };
}

/** The round goes on where the last run left it. */
function startingAt(frames: Buffer, sent: number): Buffer {
  const offset = (sent * frameLength) % frames.length;
  return offset === 0 ? frames : Buffer.concat([frames.subarray(offset), frames.subarray(0, offset)]);
}

async function sendRun(
  { native }: Pick<LabContext, "native">,
  sender: LabEnd,
  frames: Buffer,
  count: number,
  rate: number,
): Promise<{ sent: number; nanoseconds: bigint }> {
  const { netns, ifindex } = sender;
  try {
    return await native.sendFrames({ netns: namespacePath(netns), ifindex, frames, frameLength, count, rate });
  } catch (error) {
    return naming({ doing: `send frames from ${sender.interface} of ${netns}` }, () => {
      throw error;
    });
  }
}

/** Waits until all have come, or until no more come. */
async function untilStable(counts: () => Counts, atLeast: number, quiet: number): Promise<void> {
  const start = performance.now();
  let last = counts();
  let since = start;
  while (performance.now() - since < quiet && performance.now() - start < atMost) {
    if (last.arrived >= atLeast && (last.replied ?? atLeast) >= atLeast) return;
    await sleep(Math.min(5, quiet));
    const now = counts();
    if (now.arrived !== last.arrived || now.replied !== last.replied) since = performance.now();
    last = now;
  }
}
