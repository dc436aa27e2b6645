/** Everything that decides an attach, looked at once before it: touches nothing. */
import { existsSync } from "node:fs";
import { availableParallelism, release } from "node:os";
import { fail } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import type { Looked, LookParams, PlaceFacts } from "../../protocol/place-facts.ts";
import type { Role } from "../arguments.ts";
import { gone } from "../attach/place.ts";
import type { HelperContext } from "../context.ts";
import { hasCode, isKernelError } from "../failures.ts";
import { hintFor, modeSupport } from "../interfaces/features.ts";
import { findPeer } from "../interfaces/find-peer.ts";
import { inspect } from "../interfaces/inspect.ts";
import { linkAt } from "../interfaces/links.ts";
import { namespacesThere } from "../interfaces/namespaces-there.ts";
import { featuresOf } from "../interfaces/netdev.ts";
import { inNamespace } from "../namespaces.ts";
import type { NativeFace } from "../native/face.ts";
import { linkHolders } from "./link-holders.ts";
import { channelsOf, describeNeighbour, offloadsOf } from "./neighbour.ts";
import { lookAtOwnNetwork, type OwnNetwork } from "./own-network.ts";
import { lookAtRedirects, type RedirectLook } from "./redirect-targets.ts";

export async function look(
  { native }: Pick<HelperContext, "native">,
  role: Role,
  { places, redirects, ssh }: LookParams,
): Promise<Looked> {
  const foreign = places.find(({ netns }) => netns !== null);
  if (role === "plain" && foreign !== undefined) {
    fail({
      kind: "no-privilege",
      message: `look at ${foreign.name}: entering namespace ${foreign.netns} needs root`,
      need: "setns",
    });
  }
  // once for all places: it walks over all processes
  const namespaces = role === "plain" ? [null] : namespacesThere().names;
  const own = lookAtOwnNetwork(native, ssh);
  const targets = redirects ? lookAtRedirects(native, namespaces) : null;
  return {
    places: places.map((place) => lookAt(native, place, { targets, namespaces, own })),
    cpus: availableParallelism(),
    kernel: release(),
    kernelBtf: existsSync("/sys/kernel/btf/vmlinux"),
  };
}

interface Around {
  /** null where the program redirects nothing */
  readonly targets: RedirectLook | null;
  readonly namespaces: readonly (string | null)[];
  readonly own: OwnNetwork;
}

/** @throws Failed `not-found` where the interface went away */
function lookAt(native: NativeFace, place: Place, { targets, namespaces, own }: Around): PlaceFacts {
  const { netns } = place;
  const here = <T>(run: () => T): T => inNamespace(native, netns, run);
  try {
    const link = here(() => linkAt(native, place.ifindex));
    if (link === null || link.name !== place.name) throw gone(place);
    const features = here(() => featuresOf(native, link.ifindex));
    const inspected = here(() => inspect(native, netns, link, features));
    if (inspected === null) throw gone(place);
    const found = findPeer(native, netns, link, namespaces);
    const peer = found === null ? null : describeNeighbour(native, found);
    const driver = inspected.interface.driver;
    const programs = link.attached.map(({ programId }) => programId);
    return {
      interface: inspected.interface,
      facts: {
        ...{ type: link.kind ?? link.hardware, alias: link.alias, carrier: link.carrier },
        ...{ minimumMtu: link.minimumMtu, maximumMtu: link.maximumMtu },
        ...{ rxQueues: link.rxQueues, txQueues: link.txQueues, peer: found },
      },
      hint: hintFor(driver),
      modes: modeSupport({ features: features?.xdp ?? null, driver }),
      channels: here(() => channelsOf(native, link.ifindex)),
      offloads: here(() => offloadsOf(native, link.ifindex)),
      peer,
      links: linksAt(native, link.ifindex, link.attached),
      carries: own.carries(place, peer),
      targets: targets?.at(place, programs) ?? [],
    };
  } catch (error) {
    if (hasCode(error, "ENODEV", "ENXIO")) throw gone(place);
    throw error;
  }
}

/** The ifindex of a link repeats over namespaces: the program tells which is meant. */
function linksAt(
  native: NativeFace,
  ifindex: number,
  attached: readonly { readonly mode: PlaceFacts["links"][number]["mode"]; readonly programId: number }[],
): PlaceFacts["links"] {
  if (attached.length === 0) return [];
  const links = quietly(() => native.linkIds())?.flatMap((id) => quietly(() => native.linkInfo(id)) ?? []) ?? [];
  return attached.flatMap(({ mode, programId }) => {
    const link = links.find((one) => one.ifindex === ifindex && one.programId === programId);
    return link === undefined
      ? []
      : [{ mode, program: programId, link: link.id, holders: linkHolders(link.id).map((one) => ({ ...one })) }];
  });
}

/** null where it ended meanwhile, or we may not look */
function quietly<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    if (isKernelError(error)) return null;
    throw error;
  }
}
