/** Removes what is ours of a lab, and waits until the kernel has let go of it. */
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode } from "../failures.ts";
import { runIn } from "./run-in.ts";
import { inNamespace, namedNamespaces } from "../namespaces.ts";
import { programInfo } from "../programs.ts";
import type { LabPlan } from "./plan.ts";
import { type Found, type LabContext, type Probed, probeLab } from "./probe.ts";
import { saying } from "./tools.ts";

const goneWithin = 1_000;

export async function removeLab(context: LabContext, plan: LabPlan, probed?: Probed): Promise<void> {
  const ours = (probed ?? (await probeLab(context, plan))).found.filter((one) => one.ours);
  if (ours.length === 0) return;
  context.progress(`removing ${plan.title}`);
  const programs = ours.flatMap((one) => attachedIn(context, one));
  // links first: a namespace fd that somebody holds would keep them alive
  for (const one of ours) await deleteLinks(context, plan, one);
  const deletions = ours.map(({ netns }) => `netns del ${netns}\n`).join("");
  await saying(`remove ${plan.title}`, runIn(context, null, ["ip", "-force", "-batch", "-"], deletions));
  const left = (): boolean =>
    ours.some(({ netns }) => existsSync(`${namedNamespaces}/${netns}`)) ||
    programs.some((id) => programInfo(context.native, id) !== null);
  for (let waited = 0; left() && waited < goneWithin; waited += 10) await sleep(10);
}

/** Deleting one end of a veth takes the other with it: what is already gone is no trouble. */
async function deleteLinks(context: LabContext, plan: LabPlan, { netns, links }: Found): Promise<void> {
  const veths = links.filter(({ kind }) => kind === "veth");
  if (veths.length === 0) return;
  const commands = veths
    .map(({ ifindex }) => ifindex)
    .map((ifindex) => nameIn(context, netns, ifindex))
    .filter((name) => name !== null);
  if (commands.length === 0) return;
  const input = commands.map((name) => `link del dev ${name}\n`).join("");
  await saying(`remove ${plan.title}`, runIn(context, netns, ["ip", "-batch", "-"], input));
}

function nameIn({ native }: LabContext, netns: string, ifindex: number): string | null {
  try {
    return inNamespace(native, netns, () => native.nameOf(ifindex));
  } catch (error) {
    if (hasCode(error, "ENODEV", "ENXIO", "ENOENT")) return null;
    throw error;
  }
}

function attachedIn({ native }: LabContext, { netns, links }: Found): number[] {
  return inNamespace(native, netns, () =>
    links.flatMap(({ ifindex }) => {
      try {
        return native.xdpQuery(ifindex).map(({ programId }) => programId);
      } catch {
        return [];
      }
    }),
  );
}
