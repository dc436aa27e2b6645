/** --dev and --netns to an interface that is there. */
import { fail } from "../../protocol/failures.ts";
import type { InterfaceListing, NetworkInterface, Place } from "../../protocol/interfaces.ts";
import { interfaceName, netns as netnsSchema } from "../../protocol/wire.ts";
import { findInterface, sayNetns } from "../interfaces/find-interface.ts";
import { type CommandContext, flagText, type Typed } from "./command.ts";
import { checked } from "./checked.ts";

export interface WantedPlace {
  readonly netns: string | null;
  /** null where no interface was named */
  readonly device: string | null;
}

/** @throws Failed `usage` */
export function wantedPlace(typed: Typed): WantedPlace {
  const device = flagText(typed, "dev");
  const netns = flagText(typed, "netns");
  return {
    netns: checked(netnsSchema, netns, "--netns", "a name of `ip netns`, or pid:N"),
    device:
      device === null
        ? null
        : checked(
            interfaceName,
            device,
            "--dev",
            "an interface's name: at most 15 bytes, no slash, colon or white space",
          ),
  };
}

/**
 * All interfaces that may be seen. A foreign namespace is entered by the elevated helper only: asked for where one is
 * named. @throws Failed `no-privilege`
 */
export async function listFor(context: CommandContext, netns: string | null): Promise<InterfaceListing> {
  if (netns !== null) await context.workbench.helpers.elevated(`look into ${sayNetns(netns)}`);
  return context.handlers["interfaces.list"]({}, context);
}

/** @throws Failed `not-found`, which says in which other namespaces the name is */
export function findDevice(listing: InterfaceListing, netns: string | null, device: string): NetworkInterface {
  const here = listing.interfaces.some((candidate) => candidate.netns === netns && candidate.name === device);
  const elsewhere = listing.interfaces.filter((candidate) => candidate.name === device && candidate.netns !== netns);
  if (here || netns !== null || elsewhere.length === 0) return findInterface(listing, netns, device);
  const names = elsewhere.map((candidate) => `--netns ${candidate.netns ?? ""}`);
  return fail({
    kind: "not-found",
    what: "interface",
    name: device,
    message: `interface ${device}: not in this namespace; say ${names.join(" or ")}`,
  });
}

export function placeOf({ netns, ifindex, name }: NetworkInterface): Place {
  return { netns, ifindex, name };
}
