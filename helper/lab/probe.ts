/** What there is of a lab right now, and whether it is ours. */
import { statSync } from "node:fs";
import type { LabStatus } from "../../protocol/lab.ts";
import type { HelperContext } from "../context.ts";
import { type Link, linksOf } from "../interfaces/links.ts";
import { namedNamespaces } from "../namespaces.ts";
import { endNames, type LabPlan, namespacesOf } from "./plan.ts";

export type LabContext = Pick<HelperContext, "native" | "ledger" | "environment" | "progress">;

export interface Found {
  readonly netns: string;
  readonly ours: boolean;
  readonly alias: string;
  readonly links: readonly Link[];
}

export interface Probed {
  /** the namespaces that exist, of three */
  readonly found: readonly Found[];
  readonly complete: boolean;
  /** the helper that is making it this moment; null where none is, or it died */
  readonly maker: number | null;
}

export function readyAlias(plan: LabPlan): string {
  return `${plan.alias}, up`;
}

export function makingAlias(plan: LabPlan, pid: number): string {
  return `${plan.alias}, made by ${pid}`;
}

export async function probeLab(context: LabContext, plan: LabPlan): Promise<Probed> {
  const all = await Promise.all(namespacesOf(plan).map((netns) => find(context, plan, netns)));
  const found = all.filter((one) => one !== null);
  const box = found.find(({ netns }) => netns === plan.box);
  const complete =
    found.length === 3 &&
    found.every(({ ours }) => ours) &&
    box?.alias === readyAlias(plan) &&
    endNames.every((end) => {
      const { netns, interface: name, ifindex, mac } = plan.ends[end];
      const links = found.find((one) => one.netns === netns)?.links ?? [];
      return links.some((link) => link.name === name && link.ifindex === ifindex && link.address === mac && link.up);
    });
  return { found, complete, maker: box === undefined ? null : makerOf(plan, box.alias) };
}

async function find(context: LabContext, plan: LabPlan, netns: string): Promise<Found | null> {
  const path = `${namedNamespaces}/${netns}`;
  try {
    // a file that `ip netns add` left without its mount is not a namespace, and not known to be ours
    if (statSync(path).dev !== statSync("/proc/self/ns/net").dev) return { netns, ours: false, alias: "", links: [] };
  } catch {
    return null;
  }
  try {
    const links = linksOf(context.native, netns);
    const alias = links.find(({ name }) => name === "lo")?.alias ?? "";
    return { netns, ours: alias === plan.alias || alias.startsWith(`${plan.alias}, `), alias, links };
  } catch (error) {
    try {
      statSync(path);
    } catch {
      return null;
    }
    throw error;
  }
}

function makerOf(plan: LabPlan, alias: string): number | null {
  const start = makingAlias(plan, 0).slice(0, -1);
  const pid = alias.startsWith(start) ? Number(alias.slice(start.length)) : 0;
  if (!Number.isInteger(pid) || pid <= 0) return null;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM" ? pid : null;
  }
}

export function statusOf(plan: LabPlan, probed: Probed): LabStatus {
  const base = { name: plan.name, box: plan.box, hosts: [...plan.hosts] };
  const names = (found: readonly Found[]): string => found.map(({ netns }) => netns).join(", ");
  const ours = probed.found.filter((one) => one.ours);
  const foreign = probed.found.filter((one) => !one.ours);
  if (probed.complete) {
    const ports = endNames.map((end) => {
      const { interface: name, netns, ifindex, mac, ipv4, ipv6 } = plan.ends[end];
      return { interface: name, netns, ifindex, mac, ipv4, ipv6 };
    });
    return { ...base, state: "up", ports, note: "" };
  }
  const taken = foreign.length === 0 ? "" : takenText(plan, foreign);
  if (ours.length === 0) return { ...base, state: "down", ports: [], note: taken };
  const left = probed.maker === null ? `left behind: ${names(ours)}` : `being made by process ${probed.maker}`;
  return { ...base, state: "leftover", ports: [], note: taken === "" ? left : `${left}; ${taken}` };
}

export function takenText(plan: LabPlan, foreign: readonly Found[]): string {
  const which = foreign.map(({ netns }) => netns).join(", ");
  const plural = foreign.length > 1;
  return `${plan.title} needs the namespace${plural ? "s" : ""} ${which}, which ${plural ? "are" : "is"} not the workbench's and stay${plural ? "" : "s"} untouched: choose another name (--name), or remove ${plural ? "them" : "it"} (ip netns del NAME)`;
}
