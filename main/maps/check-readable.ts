/** Maps whose entries the kernel shows nobody: said in words, where a read would give an errno or zeros. */
import { fail } from "../../protocol/failures.ts";
import type { MapSummary } from "../../protocol/maps.ts";

const streams: Readonly<Record<string, string>> = {
  ringbuf: "it carries events to the one program that reads them, and keeps no entries",
  user_ringbuf: "it carries records to a BPF program, and keeps no entries",
  perf_event_array: "it carries events to whoever opened them; the kernel does not show what is in its slots",
  bloom_filter: "it only knows whether something may have been put into it: nothing can be listed",
  queue: "its elements have no keys: `xdpw map dump` shows the one that comes next, and leaves it there",
  stack: "its elements have no keys: `xdpw map dump` shows the one that comes next, and leaves it there",
  xskmap: "the kernel does not show which AF_XDP sockets are in its slots",
  cgroup_array: "the kernel does not show which control groups are in its slots",
  arena: "it is memory of a program, and has no entries",
  struct_ops: "it is a table of functions of the kernel: `bpftool struct_ops dump` shows it",
};
/** They show socket cookies of eight bytes, and nothing where values have four. */
const sockets: ReadonlySet<string> = new Set(["sockmap", "sockhash", "reuseport_sockarray"]);

export function isQueue({ type }: Pick<MapSummary, "type">): boolean {
  return type === "queue" || type === "stack";
}

/** @throws Failed `bad-value` */
export function checkReadable({ id, name, type, valueSize }: MapSummary): void {
  const why =
    streams[type] ??
    (sockets.has(type) && valueSize !== 8
      ? "the kernel shows sockets by cookies of 8 bytes, and the map was made with values of 4"
      : null);
  if (why === null) return;
  const message = `read map ${name === "" ? "" : `${name} `}(id ${id}): it is of type ${type}: ${why}`;
  fail({ kind: "bad-value", field: "MAP", message });
}
