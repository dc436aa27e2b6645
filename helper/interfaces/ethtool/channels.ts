/** ETHTOOL_MSG_CHANNELS_GET_REPLY (ethtool -l): a kind of channel that the driver does not have is not sent. */
import type { Amount } from "../../../protocol/interface-details.ts";
import { asU32 } from "../../netlink/attributes.ts";

/** in the order and words of `ethtool -l`: attribute of the most, attribute of now */
const kinds = [
  ["RX", 2, 6],
  ["TX", 3, 7],
  ["Other", 4, 8],
  ["Combined", 5, 9],
] as const;

export function parseChannels(attributes: ReadonlyMap<number, Buffer>): Amount[] {
  return kinds.map(([name, most, now]) => ({
    name,
    now: asU32(attributes.get(now)),
    most: asU32(attributes.get(most)),
  }));
}
