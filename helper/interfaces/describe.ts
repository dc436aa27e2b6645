/** One interface in full: every part asked for by itself, each mode with its evidence, and what its user should know. */
import { availableParallelism } from "node:os";
import { fail } from "../../protocol/failures.ts";
import type { Amount, Answer, InterfaceDetails, LinkFacts, Offload } from "../../protocol/interface-details.ts";
import type { Place } from "../../protocol/interfaces.ts";
import type { Role } from "../arguments.ts";
import { gone } from "../attach/place.ts";
import type { HelperContext } from "../context.ts";
import { hasCode } from "../failures.ts";
import { inNamespace } from "../namespaces.ts";
import type { NativeFace } from "../native/face.ts";
import { attachedInFull } from "./attached.ts";
import { parseChannels } from "./ethtool/channels.ts";
import { parseCoalescing } from "./ethtool/coalescing.ts";
import { parseLinkModes, parseLinkState } from "./ethtool/link-settings.ts";
import { askEthtool, messages, notSupported } from "./ethtool/messages.ts";
import { parseOffloads } from "./ethtool/offloads.ts";
import { parseRings } from "./ethtool/rings.ts";
import { readStatistics } from "./ethtool/statistics.ts";
import { hintFor, modeSupport } from "./features.ts";
import { findPeer, type Peer } from "./find-peer.ts";
import { inspect } from "./inspect.ts";
import { type Link, linkAt } from "./links.ts";
import { needsOf } from "./needs.ts";
import { featuresOf } from "./netdev.ts";
import { notesOn } from "./notes.ts";

export async function describeInterface(
  { native }: Pick<HelperContext, "native">,
  role: Role,
  place: Place,
): Promise<InterfaceDetails> {
  if (role === "plain" && place.netns !== null) {
    fail({
      kind: "no-privilege",
      message: `describe ${place.name}: entering namespace ${place.netns} needs root`,
      need: "setns",
    });
  }
  try {
    return describe(native, place);
  } catch (error) {
    if (hasCode(error, "ENODEV", "ENXIO")) throw gone(place);
    throw error;
  }
}

function describe(native: NativeFace, place: Place): InterfaceDetails {
  const here = <T>(run: () => T): T => inNamespace(native, place.netns, run);
  const link = here(() => linkAt(native, place.ifindex));
  if (link === null || link.name !== place.name) throw gone(place);
  const features = here(() => featuresOf(native, link.ifindex));
  const inspected = here(() => inspect(native, place.netns, link, features));
  if (inspected === null) throw gone(place);

  const ask = here(() => ({
    modes: askEthtool(native, link.ifindex, messages.linkModes, parseLinkModes),
    state: askEthtool(native, link.ifindex, messages.linkState, parseLinkState),
    channels: askEthtool(native, link.ifindex, messages.channels, parseChannels),
    rings: askEthtool(native, link.ifindex, messages.rings, parseRings),
    offloads: askEthtool(native, link.ifindex, messages.features, parseOffloads),
    coalescing: askEthtool(native, link.ifindex, messages.coalescing, parseCoalescing),
    statistics: readStatistics(native, link.ifindex),
    attached: attachedInFull(native, link),
  }));
  const peer = findPeer(native, place.netns, link);
  const facts = factsOf(link, ask.state, peer);
  const evidence = { features: features?.xdp ?? null, driver: inspected.interface.driver };
  const hint = hintFor(evidence.driver);
  const circumstances = {
    interface: inspected.interface,
    facts,
    channels: known<readonly Amount[]>(ask.channels) ?? [],
    peerChannels: channelsOf(native, peer),
    offloads: known<readonly Offload[]>(ask.offloads) ?? [],
    hint,
    cpus: availableParallelism(),
  };
  return {
    interface: inspected.interface,
    driver: inspected.driver,
    facts,
    attached: ask.attached,
    link: ask.modes,
    channels: ask.channels,
    rings: ask.rings,
    offloads: ask.offloads,
    coalescing: ask.coalescing,
    statistics: ask.statistics,
    features:
      features === null
        ? notSupported("this kernel does not tell (Linux 6.3 and later do)")
        : { is: "known", value: features },
    hint,
    modes: modeSupport(evidence).map((one) => ({ ...one, needs: needsOf(one.mode, one.supported, circumstances) })),
    notes: notesOn(circumstances),
  };
}

function factsOf(link: Link, state: Answer<boolean | null>, peer: Peer | null): LinkFacts {
  return {
    type: link.kind ?? link.hardware,
    alias: link.alias,
    // the driver's word where it has one (ethtool's "Link detected"), else the kernel's
    carrier: known(state) ?? link.carrier,
    minimumMtu: link.minimumMtu,
    maximumMtu: link.maximumMtu,
    rxQueues: link.rxQueues,
    txQueues: link.txQueues,
    peer,
  };
}

function channelsOf(native: NativeFace, peer: Peer | null): readonly Amount[] {
  if (peer === null) return [];
  try {
    return (
      inNamespace(native, peer.netns, () =>
        known(askEthtool(native, peer.ifindex, messages.channels, parseChannels)),
      ) ?? []
    );
  } catch {
    // it went away meanwhile, and this device with it or not: its own answers tell
    return [];
  }
}

function known<T>(answer: Answer<T>): T | null {
  return answer.is === "known" ? answer.value : null;
}
