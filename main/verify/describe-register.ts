import type { RegisterValue } from "./parse-state.ts";

/** A register in plain words. */
export interface RegisterWords {
  /** "packet pointer, offset 12" */
  readonly is: string;
  /** "0 bytes readable", "0 ≤ value ≤ 255"; empty where nothing is proved. */
  readonly proved: string;
}

const plain: ReadonlyMap<string, string> = new Map([
  ["ctx", "context (struct xdp_md)"],
  ["pkt", "packet pointer"],
  ["pkt_meta", "pointer to the packet's metadata"],
  ["pkt_end", "end of the packet (data_end)"],
  ["map_ptr", "map"],
  ["map_value", "value of a map"],
  ["map_key", "key of a map"],
  ["mem", "memory"],
  ["ringbuf_mem", "record of a ring buffer"],
  ["sock", "socket"],
  ["sock_common", "socket"],
  ["tcp_sock", "TCP socket"],
  ["func", "function"],
  ["fp", "stack pointer"],
  ["scalar", "number"],
]);

/** Total: unknown kinds keep the kernel's name. */
export function describeRegister(value: RegisterValue | null): RegisterWords {
  if (value === null) return { is: "nothing written yet", proved: "" };
  const orNull = value.kind.endsWith("_or_null");
  const kind = orNull ? value.kind.slice(0, -"_or_null".length) : value.kind;
  if (kind === "scalar") return { is: "number", proved: boundsText(value, "value") };
  if (kind === "") return { is: "bytes on the stack", proved: stackBytes(value.text) };
  const base = (
    plain.get(kind) ?? kind.replace(/^(rcu_|trusted_|untrusted_)?ptr_/, "pointer to ").replaceAll("_", " ")
  ).trim();
  const named = value.map === null ? base : `${kind === "map_ptr" ? "map" : base.replace("a map", "map")} ${value.map}`;
  const is = `${named}${orNull ? " or NULL" : ""}${offsetText(value)}`;
  if (orNull) return { is, proved: "not compared with NULL" };
  if (kind === "pkt" || kind === "pkt_meta") {
    const left = Math.max(0, (value.range ?? 0) - value.offset);
    return { is, proved: `${left} ${left === 1 ? "byte" : "bytes"} readable` };
  }
  if (value.size !== null && kind !== "map_ptr") return { is, proved: `${value.size} bytes in all` };
  return { is, proved: "" };
}

/** ", offset 12", ", offset -64 plus 0 to 255" */
function offsetText({ kind, offset, bounds, id }: RegisterValue): string {
  const fixed = offset !== 0 || kind === "pkt" || kind === "fp" ? `, offset ${offset}` : "";
  if (bounds && (bounds.minimum !== 0n || bounds.maximum !== 0n)) {
    return `${fixed || ", offset 0"} plus ${bounds.minimum} to ${bounds.maximum}`;
  }
  return kind === "pkt" && id !== null && id !== "0" ? `${fixed} plus a variable` : fixed;
}

export function boundsText({ bounds, constant }: RegisterValue, name: string): string {
  if (constant !== null) return `${name} = ${constant}`;
  return bounds ? `${bounds.minimum} ≤ ${name} ≤ ${bounds.maximum}` : "";
}

function stackBytes(text: string): string {
  if (!/^[0mrzid?f]{1,8}$/.test(text)) return "";
  const unwritten = text.split("?").length - 1;
  return unwritten === 0 ? "all written" : `${text.length - unwritten} of ${text.length} bytes written`;
}
