/** ETHTOOL_MSG_RINGS_GET_REPLY (ethtool -g). */
import type { Amount, Parameter } from "../../../protocol/interface-details.ts";
import { asU8, asU32 } from "../../netlink/attributes.ts";

const sizes = [
  ["RX", 2, 6],
  ["RX Mini", 3, 7],
  ["RX Jumbo", 4, 8],
  ["TX", 5, 9],
] as const;

export interface Rings {
  readonly sizes: Amount[];
  readonly settings: Parameter[];
}

export function parseRings(attributes: ReadonlyMap<number, Buffer>): Rings {
  const number = (type: number): number | null => asU32(attributes.get(type));
  const flag = (type: number): boolean | null => {
    const value = asU8(attributes.get(type));
    return value === null ? null : value !== 0;
  };
  // enum ethtool_tcp_data_split: unknown, disabled, enabled
  const split = asU8(attributes.get(11));
  return {
    sizes: sizes.map(([name, most, now]) => ({ name, now: number(now), most: number(most) })),
    settings: [
      { name: "RX Buf Len", value: number(10) },
      { name: "CQE Size", value: number(12) },
      { name: "TX Push", value: flag(13) },
      { name: "RX Push", value: flag(14) },
      { name: "TCP data split", value: split === 1 ? false : split === 2 ? true : null },
    ],
  };
}
