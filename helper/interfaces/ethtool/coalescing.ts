/** ETHTOOL_MSG_COALESCE_GET_REPLY (ethtool -c). The kernel leaves out what the driver does not support. */
import type { Parameter } from "../../../protocol/interface-details.ts";
import { asU8, asU32 } from "../../netlink/attributes.ts";

/** attribute, in the words of `ethtool -c` */
const flags = [
  ["adaptive-rx", 11],
  ["adaptive-tx", 12],
  ["cqe-mode-rx", 25],
  ["cqe-mode-tx", 24],
] as const;
const numbers = [
  ["rx-usecs", 2],
  ["rx-frames", 3],
  ["rx-usecs-irq", 4],
  ["rx-frames-irq", 5],
  ["tx-usecs", 6],
  ["tx-frames", 7],
  ["tx-usecs-irq", 8],
  ["tx-frames-irq", 9],
  ["stats-block-usecs", 10],
  ["pkt-rate-low", 13],
  ["rx-usecs-low", 14],
  ["rx-frames-low", 15],
  ["tx-usecs-low", 16],
  ["tx-frames-low", 17],
  ["pkt-rate-high", 18],
  ["rx-usecs-high", 19],
  ["rx-frames-high", 20],
  ["tx-usecs-high", 21],
  ["tx-frames-high", 22],
  ["sample-interval", 23],
] as const;

export function parseCoalescing(attributes: ReadonlyMap<number, Buffer>): Parameter[] {
  return [
    ...numbers.map(([name, type]) => ({ name, value: asU32(attributes.get(type)) })),
    ...flags.map(([name, type]) => {
      const value = asU8(attributes.get(type));
      return { name, value: value === null ? null : value !== 0 };
    }),
  ];
}
