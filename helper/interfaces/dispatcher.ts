/**
 * libxdp's dispatcher: a program called xdp_dispatcher that calls up to ten others, each put in place of one of its
 * functions (freplace). What it calls, and when it goes on, is in its read-only data (xdp/prog_dispatcher.h).
 */
import { endianness } from "node:os";

export const dispatcherName = "xdp_dispatcher";

export interface DispatcherConfig {
  readonly version: number;
  readonly fragments: boolean;
  readonly slots: readonly { readonly priority: number | null; readonly goesOnAfter: readonly string[] }[];
}

const magic = 236;
const most = 10;
const actions = ["XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT"] as const;

/** Total: null where the bytes are not such a structure. */
export function parseDispatcherConfig(bytes: Buffer): DispatcherConfig | null {
  const second = bytes.length >= 124 && bytes[0] === magic;
  const count = second ? bytes[2] : bytes[0];
  if (count === undefined || count > most || bytes.length < 4 + 4 * most) return null;
  const word = (at: number): number | null => {
    if (at + 4 > bytes.length) return null;
    return endianness() === "LE" ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  };
  return {
    version: second ? (bytes[1] ?? 0) : 1,
    fragments: second && bytes[3] !== 0,
    slots: Array.from({ length: count }, (_slot, index) => ({
      priority: word(4 + 4 * most + 4 * index),
      goesOnAfter: actions.filter((_name, bit) => (((word(4 + 4 * index) ?? 0) >>> bit) & 1) === 1),
    })),
  };
}
