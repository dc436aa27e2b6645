/** A fresh veth pair speaks on its own (MLD); the lab is up once nobody has for a while, so that every count is exact. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { CancellationToken } from "vscode-jsonrpc";
import { fail } from "../../protocol/failures.ts";
import { inNamespace } from "../namespaces.ts";
import { endNames, type LabPlan, namespacesOf } from "./plan.ts";
import type { LabContext } from "./probe.ts";

const silentFor = 1_500;
const atMost = 10_000;
const every = 50;

export async function waitForSilence(context: LabContext, plan: LabPlan, token: CancellationToken): Promise<void> {
  const start = performance.now();
  let last = countersOf(context, plan);
  let since = start;
  while (performance.now() - since < silentFor) {
    await sleep(every);
    if (token.isCancellationRequested) fail({ kind: "cancelled", message: `make ${plan.title}: cancelled` });
    const now = countersOf(context, plan);
    if (now !== last) {
      last = now;
      since = performance.now();
    }
    if (performance.now() - start > atMost) {
      fail({
        kind: "kernel",
        message: `make ${plan.title}: packets still pass after ${atMost / 1000} s, so counts would not be exact: something in its namespaces sends`,
        operation: "silence",
        errno: 110,
        code: "ETIMEDOUT",
        extack: null,
      });
    }
  }
}

/** receive and transmit packets of all four ends, as one comparable text */
function countersOf({ native }: LabContext, plan: LabPlan): string {
  return namespacesOf(plan)
    .map((netns) => {
      // /proc/thread-self follows the thread into the namespace
      const text = inNamespace(native, netns, () => readFileSync("/proc/thread-self/net/dev", "utf8"));
      const ends = endNames.map((end) => plan.ends[end]).filter((end) => end.netns === netns);
      return ends.map((end) => packetsOf(text, end.interface)).join(" ");
    })
    .join(" ");
}

/** columns of /proc/net/dev (net/core/net-procfs.c): bytes, packets, errs, drop, fifo, frame, compressed, multicast, twice */
export function packetsOf(text: string, name: string): string {
  const line = text.split("\n").find((one) => one.trimStart().startsWith(`${name}:`));
  const fields =
    line
      ?.slice(line.indexOf(":") + 1)
      .trim()
      .split(/\s+/) ?? [];
  return `${fields[1] ?? "?"}/${fields[9] ?? "?"}`;
}
