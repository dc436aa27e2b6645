/** Maps whose entries the kernel shows nobody: said in words, where a read would give an errno or zeros. */
import { fail } from "../../protocol/failures.ts";
import type { MapSummary } from "../../protocol/maps.ts";

const ofSockets = "the kernel shows sockets by cookies of 8 bytes, and the map was made with values of 4";
const ofObjects = (what: string): string =>
  `its entries hang on ${what}, and the kernel lists them to nobody but a BPF iterator`;
const elements = "its elements have no keys: only the one that comes next can be looked at";
const whyByType: Readonly<Record<string, string>> = {
  ringbuf: "it carries events to the one program that reads them, and keeps no entries",
  user_ringbuf: "it carries records to a BPF program, and keeps no entries",
  perf_event_array: "it carries events to whoever opened them; the kernel does not show what is in its slots",
  bloom_filter: "it only knows whether something may have been put into it: nothing can be listed",
  queue: elements,
  stack: elements,
  xskmap: "the kernel does not show which AF_XDP sockets are in its slots",
  cgroup_array: "the kernel does not show which control groups are in its slots",
  arena: "it is memory of a program, and has no entries",
  struct_ops: "it is a table of functions of the kernel: `bpftool struct_ops dump` shows it",
  sk_storage: ofObjects("sockets"),
  inode_storage: ofObjects("files"),
  task_storage: ofObjects("tasks"),
  cgrp_storage: ofObjects("control groups"),
};
/** They show socket cookies of eight bytes, and nothing where values have four. */
const sockets: ReadonlySet<string> = new Set(["sockmap", "sockhash", "reuseport_sockarray"]);

export function isQueue({ type }: Pick<MapSummary, "type">): boolean {
  return type === "queue" || type === "stack";
}

/** Why its entries cannot be listed; null where they can. */
export function whyUnlisted({ type, valueSize }: Pick<MapSummary, "type" | "valueSize">): string | null {
  return whyByType[type] ?? (sockets.has(type) && valueSize !== 8 ? ofSockets : null);
}

/** @throws Failed `bad-value` */
export function checkReadable(map: MapSummary): void {
  const why = whyUnlisted(map);
  if (why === null) return;
  const { id, name, type } = map;
  const hint = isQueue(map) ? "; `xdpw map dump` shows it and leaves it there, `xdpw map pop` takes it" : "";
  const message = `read map ${name === "" ? "" : `${name} `}(id ${id}): it is of type ${type}: ${why}${hint}`;
  fail({ kind: "bad-value", field: "MAP", message });
}
