/** Makes a lab: namespaces, links, addresses, pass programs; and waits until nothing moves on its own any more. */
import { existsSync, writeFileSync } from "node:fs";
import type { CancellationToken } from "vscode-jsonrpc";
import { Failed } from "../../protocol/failures.ts";
import { hasCode, naming } from "../failures.ts";
import { runIn } from "./run-in.ts";
import { holding } from "../ledger.ts";
import { inNamespace } from "../namespaces.ts";
import { bare, endNames, type LabEnd, type LabPlan, namespacesOf } from "./plan.ts";
import { type LabContext, makingAlias, readyAlias } from "./probe.ts";
import { waitForSilence } from "./silence.ts";
import { saying } from "./tools.ts";

export async function makeLab(context: LabContext, plan: LabPlan, token: CancellationToken): Promise<void> {
  const go = (text: string): void => {
    if (token.isCancellationRequested)
      throw new Failed({ kind: "cancelled", message: `make ${plan.title}: cancelled` });
    context.progress(text);
  };
  const ipv6 = existsSync("/proc/sys/net/ipv6");

  go("making three network namespaces");
  await batch(
    context,
    plan,
    null,
    namespacesOf(plan).map((netns) => `netns add ${netns}`),
  );
  await Promise.all(
    namespacesOf(plan).map((netns) =>
      setAlias(context, plan, netns, netns === plan.box ? makingAlias(plan, process.pid) : plan.alias),
    ),
  );
  for (const netns of namespacesOf(plan)) setSysctls(context, netns, netns === plan.box, ipv6);

  go("connecting them");
  await batch(context, plan, plan.box, linkCommands(plan));
  await Promise.all([
    ...endNames.map((end) => setOffloads(context, plan, plan.ends[end])),
    ...(["host0", "host1"] as const).map((end) => attachPass(context, plan.ends[end])),
  ]);

  go("setting addresses, routes and neighbours");
  await Promise.all(namespacesOf(plan).map((netns) => batch(context, plan, netns, addressCommands(plan, netns, ipv6))));

  go("waiting until it is silent");
  await waitForSilence(context, plan, token);
  await setAlias(context, plan, plan.box, readyAlias(plan));
}

function linkCommands(plan: LabPlan): string[] {
  const commands: string[] = [];
  for (const end of ["port0", "port1"] as const) {
    const port = plan.ends[end];
    const host = plan.ends[port.peer];
    commands.push(
      `link add name ${port.interface} index ${port.ifindex} address ${port.mac} type veth peer name ${host.interface} index ${host.ifindex} address ${host.mac} netns ${host.netns}`,
    );
  }
  return commands;
}

function addressCommands(plan: LabPlan, netns: string, ipv6: boolean): string[] {
  const commands = ["link set lo up"];
  for (const end of endNames.map((name) => plan.ends[name]).filter((one) => one.netns === netns)) {
    const device = end.interface;
    const peer = plan.ends[end.peer];
    commands.push(
      `link set ${device} addrgenmode none`,
      `addr add ${end.ipv4} dev ${device}`,
      ...(ipv6 ? [`addr add ${end.ipv6} dev ${device} nodad`] : []),
      `link set ${device} up`,
      `neigh replace ${bare(peer.ipv4)} lladdr ${peer.mac} dev ${device} nud permanent`,
      ...(ipv6 ? [`neigh replace ${bare(peer.ipv6)} lladdr ${peer.mac} dev ${device} nud permanent`] : []),
    );
    if (netns !== plan.box) {
      commands.push(`route add default via ${bare(peer.ipv4)} dev ${device}`);
      if (ipv6) commands.push(`route add default via ${bare(peer.ipv6)} dev ${device}`);
    }
  }
  return commands;
}

async function batch(
  context: LabContext,
  plan: LabPlan,
  netns: string | null,
  commands: readonly string[],
): Promise<void> {
  await saying(`make ${plan.title}`, runIn(context, netns, ["ip", "-batch", "-"], `${commands.join("\n")}\n`));
}

async function setAlias(context: LabContext, plan: LabPlan, netns: string, alias: string): Promise<void> {
  await saying(`make ${plan.title}`, runIn(context, netns, ["ip", "link", "set", "dev", "lo", "alias", alias]));
}

/** Transmit checksum offload leaves sums half done on packets that XDP then sends on; GRO lets redirects arrive. */
async function setOffloads(context: LabContext, plan: LabPlan, end: LabEnd): Promise<void> {
  const wanted = end.netns === plan.box ? ["tx", "off"] : ["tx", "off", "gro", "on"];
  await saying(`make ${plan.title}`, runIn(context, end.netns, ["ethtool", "-K", end.interface, ...wanted]));
}

/** XDP_TX and native redirects into a veth arrive only where its peer runs a native program. */
function attachPass({ native, ledger }: LabContext, end: LabEnd): Promise<void> {
  return holding(
    ledger,
    `pass program of ${end.netns}`,
    () => naming({ doing: "load the lab's pass program" }, () => native.loadPass("xdpw_pass")),
    (fd) => native.closeFd(fd),
    (fd) =>
      inNamespace(native, end.netns, () =>
        naming({ doing: `attach the lab's pass program in ${end.netns}` }, () =>
          native.xdpAttach({ ifindex: end.ifindex, mode: "native", programFd: fd, expectedFd: null }),
        ),
      ),
  );
}

/** The kernel's own chatter off or at once, so that counts are exact soon; forwarding in the box. */
function setSysctls({ native }: LabContext, netns: string, isBox: boolean, ipv6: boolean): void {
  const settings: [string, string][] = isBox ? [["ipv4/ip_forward", "1"]] : [];
  if (ipv6) {
    for (const scope of ["all", "default"]) {
      const folder = `ipv6/conf/${scope}`;
      settings.push(
        [`${folder}/disable_ipv6`, "0"],
        [`${folder}/accept_ra`, "0"],
        [`${folder}/router_solicitations`, "0"],
      );
      // ms between the two reports of a group joined: the second otherwise comes up to a second later
      settings.push(
        [`${folder}/mldv1_unsolicited_report_interval`, "1"],
        [`${folder}/mldv2_unsolicited_report_interval`, "1"],
      );
    }
    if (isBox) settings.push(["ipv6/conf/all/forwarding", "1"]);
  }
  // a frame that XDP carries across the box arrives by a way that routing would not have taken
  for (const scope of ["all", "default"]) settings.push([`ipv4/conf/${scope}/rp_filter`, "0"]);
  inNamespace(native, netns, () => {
    for (const [name, value] of settings) {
      try {
        writeFileSync(`/proc/sys/net/${name}`, value);
      } catch (error) {
        if (!hasCode(error, "ENOENT")) throw sysctlFailure(netns, name, error);
      }
    }
  });
}

function sysctlFailure(netns: string, name: string, error: unknown): Failed {
  const path = `/proc/sys/net/${name}`;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const why = error instanceof Error ? error.message : String(error);
  return new Failed({ kind: "file", message: `set ${path} in namespace ${netns}: ${why}`, path, code });
}
