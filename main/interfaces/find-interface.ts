/** An interface by its name and namespace. */
import { fail } from "../../protocol/failures.ts";
import type { InterfaceListing, NetworkInterface, Place } from "../../protocol/interfaces.ts";

export function sayNetns(netns: string | null): string {
  return netns === null ? "this namespace" : `namespace ${netns}`;
}

/** @throws Failed `not-found` that says what there is */
export function findInterface(listing: InterfaceListing, netns: string | null, name: string): NetworkInterface {
  const found = listing.interfaces.find((candidate) => candidate.netns === netns && candidate.name === name);
  if (found !== undefined) return found;
  const skipped = listing.skipped.find((candidate) => candidate.netns === netns);
  if (skipped !== undefined) {
    return fail({
      kind: "not-found",
      what: "namespace",
      name: netns ?? "",
      message: `${sayNetns(netns)}: ${skipped.why}`,
    });
  }
  const siblings = listing.interfaces
    .filter((candidate) => candidate.netns === netns)
    .map((candidate) => candidate.name);
  if (siblings.length === 0 && netns !== null) {
    const known = [
      ...new Set(listing.interfaces.map((candidate) => candidate.netns).filter((known) => known !== null)),
    ];
    return fail({
      kind: "not-found",
      what: "namespace",
      name: netns,
      message: `namespace ${netns}: there is none of that name; there is ${known.join(", ") || "none at all"}`,
    });
  }
  return fail({
    kind: "not-found",
    what: "interface",
    name,
    message: `interface ${name}: not in ${sayNetns(netns)}, which has ${siblings.join(", ") || "none"}`,
  });
}

/** The interface that was chosen, if it is still the same one. @throws Failed `not-found` */
export function findPlace(listing: InterfaceListing, place: Place): NetworkInterface {
  const found = findInterface(listing, place.netns, place.name);
  if (found.ifindex === place.ifindex) return found;
  return fail({
    kind: "not-found",
    what: "interface",
    name: place.name,
    message: `interface ${place.name} (ifindex ${place.ifindex}) went away; another of that name (ifindex ${found.ifindex}) is in its place: choose it again`,
  });
}
