/** Speed, duplex and whether there is a link: ETHTOOL_MSG_LINKMODES_GET_REPLY and ETHTOOL_MSG_LINKSTATE_GET_REPLY. */
import type { LinkSettings } from "../../../protocol/interface-details.ts";
import { asU8, asU32 } from "../../netlink/attributes.ts";

/** SPEED_UNKNOWN; some drivers leave 0 */
const unknownSpeed = 0xffff_ffff;

export function parseLinkModes(attributes: ReadonlyMap<number, Buffer>): LinkSettings {
  const speed = asU32(attributes.get(5));
  const negotiated = asU8(attributes.get(2));
  return {
    speed: speed === null || speed === unknownSpeed || speed === 0 ? null : speed,
    duplex: ({ 0: "half", 1: "full" } as const)[asU8(attributes.get(6)) ?? -1] ?? null,
    autonegotiation: negotiated === null ? null : negotiated !== 0,
    lanes: asU32(attributes.get(9)),
  };
}

export function parseLinkState(attributes: ReadonlyMap<number, Buffer>): boolean | null {
  const link = asU8(attributes.get(2));
  return link === null ? null : link !== 0;
}
