/** One interface in full: what `ethtool -i` shows, each mode with its reason, and what its user should know. */
import { fail } from "../../protocol/failures.ts";
import type { InterfaceDetails, Place } from "../../protocol/interfaces.ts";
import type { Role } from "../arguments.ts";
import { gone } from "../attach/place.ts";
import type { HelperContext } from "../context.ts";
import { inNamespace } from "../namespaces.ts";
import { hintFor, modeSupport } from "./features.ts";
import { type Inspected, inspect } from "./inspect.ts";
import { type Link, linksOf, runIn } from "./links.ts";

type Context = Pick<HelperContext, "native" | "ledger" | "environment">;

export async function describeInterface(context: Context, role: Role, place: Place): Promise<InterfaceDetails> {
  if (role === "plain" && place.netns !== null) {
    fail({
      kind: "no-privilege",
      message: `describe ${place.name}: entering namespace ${place.netns} needs root`,
      need: "setns",
    });
  }
  const links = await linksOf(context, place.netns);
  const link = links.find(({ ifindex, ifname }) => ifindex === place.ifindex && ifname === place.name);
  if (link === undefined) throw gone(place);
  const inspected = inNamespace(context.native, place.netns, () => inspect(context.native, place.netns, link));
  if (inspected === null) throw gone(place);
  const { features, driver } = inspected.interface;
  const offloads = await offloadsOf(context, place);
  return {
    interface: inspected.interface,
    driver: inspected.driver,
    modes: modeSupport(features, driver),
    notes: notesOn(link, inspected, offloads),
  };
}

/** `ethtool -k`: feature → on; empty where the driver has none or ethtool is missing */
async function offloadsOf(context: Context, place: Place): Promise<ReadonlyMap<string, boolean>> {
  try {
    const text = (await runIn(context, place.netns, ["ethtool", "-k", place.name])).toString("utf8");
    return parseOffloads(text);
  } catch {
    return new Map();
  }
}

export function parseOffloads(text: string): Map<string, boolean> {
  const found = new Map<string, boolean>();
  for (const line of text.split("\n")) {
    const match = /^\s*([\w-]+): (on|off)\b/.exec(line);
    if (match?.[1] !== undefined) found.set(match[1], match[2] === "on");
  }
  return found;
}

export function notesOn(link: Link, inspected: Inspected, offloads: ReadonlyMap<string, boolean>): string[] {
  const notes: string[] = [];
  const { driver, mtu, up, name, attached } = inspected.interface;
  if (!up) notes.push(`${name} is down: nothing arrives here until it is up`);
  if (link.linkinfo?.info_kind === "veth") {
    notes.push(
      "veth: a native redirect into this device arrives only if its peer runs an XDP program or has GRO on; packets sent back with XDP_TX arrive only if the peer runs a program",
    );
    if (offloads.get("tx-checksumming") === true) {
      notes.push(
        "transmit checksum offload is on: packets of ordinary sockets sent from here carry partial checksums, which neither native redirect nor XDP_TX completes",
      );
    }
  }
  if (offloads.get("large-receive-offload") === true) {
    notes.push("LRO is on: most drivers refuse a native program until it is off (ethtool -K lro off)");
  }
  const limit = hintFor(driver)?.max_mtu ?? null;
  if (limit !== null && mtu > limit) {
    notes.push(
      `MTU ${mtu}: ${driver ?? "the driver"} takes native programs up to an MTU of ${limit} (x86, 4 KiB pages), larger ones only with fragment support (SEC("xdp.frags"))`,
    );
  }
  const old = attached.find(({ jited, tag }) => !jited && tag !== "");
  if (old !== undefined) notes.push(`program id ${old.id} runs in the interpreter: net.core.bpf_jit_enable is off`);
  return notes;
}
