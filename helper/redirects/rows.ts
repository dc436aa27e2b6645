/** The rows of redirects.bpf.c's map as bytes: struct key and, for each possible CPU, struct value. Total. */
import { xdpTracepoint, type XdpTracepoint } from "../../protocol/redirects.ts";

/** in the order of `enum what`, which begins at 1: 0 is the row of what found no place */
export const tracepoints = xdpTracepoint.options;
export const keySize = 40;
const valueSize = 24;

export interface Row {
  /** 80 hex digits */
  readonly key: string;
  readonly tracepoint: XdpTracepoint;
  /** 0 where the tracepoint does not tell */
  readonly from: number;
  readonly fromNamespace: number;
  readonly to: number;
  readonly toNamespace: number;
  readonly map: number;
  readonly slot: number;
  readonly action: number;
  /** 0, or a positive errno */
  readonly errno: number;
  readonly program: number;
  readonly packets: bigint;
  readonly drops: bigint;
}

export interface Rows {
  readonly rows: readonly Row[];
  /** events */
  readonly uncounted: bigint;
}

const little = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** @param stride bytes of one value over all CPUs; what is not a whole row is passed over */
export function readRows(keys: Uint8Array, values: Uint8Array, stride: number): Rows {
  const rows: Row[] = [];
  let uncounted = 0n;
  const count =
    stride < valueSize ? 0 : Math.min(Math.floor(keys.length / keySize), Math.floor(values.length / stride));
  for (let index = 0; index < count; index += 1) {
    const key = keys.subarray(index * keySize, (index + 1) * keySize);
    const view = new DataView(key.buffer, key.byteOffset, keySize);
    const word = (at: number): number => view.getUint32(at * 4, little);
    const [events = 0n, packets = 0n, drops = 0n] = sums(values.subarray(index * stride, (index + 1) * stride));
    const what = word(0);
    const tracepoint = tracepoints[what - 1];
    if (what === 0) uncounted += events;
    if (tracepoint === undefined) continue;
    rows.push({
      key: Buffer.from(key).toString("hex"),
      tracepoint,
      ...{ from: word(1), fromNamespace: word(2), to: word(3), toNamespace: word(4), map: word(5), slot: word(6) },
      action: word(7),
      errno: Math.abs(view.getInt32(32, little)),
      program: word(9),
      ...{ packets, drops },
    });
  }
  return { rows, uncounted };
}

/** events, packets, drops */
function sums(values: Uint8Array): bigint[] {
  const view = new DataView(values.buffer, values.byteOffset, values.length);
  const all = [0n, 0n, 0n];
  for (let at = 0; at + valueSize <= values.length; at += valueSize) {
    for (let part = 0; part < 3; part += 1) all[part] = (all[part] ?? 0n) + view.getBigUint64(at + part * 8, little);
  }
  return all;
}
