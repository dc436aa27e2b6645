/** What rows call interfaces, actions and maps. */
import type { RedirectCount, RedirectEnd } from "../../protocol/redirects.ts";
import type { Place } from "../../protocol/interfaces.ts";

/** enum xdp_action (include/uapi/linux/bpf.h) */
const actions = ["XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT"] as const;

export function actionName(action: number): string {
  return actions[action] ?? `action ${action}`;
}

export function sayPlace({ netns, name }: Place): string {
  return netns === null ? name : `${name} in ${netns}`;
}

export function sayEnd({ ifindex, place }: RedirectEnd): string {
  return place === null ? `ifindex ${ifindex} (gone)` : sayPlace(place);
}

export function sayMap(map: NonNullable<RedirectCount["map"]>): string {
  const name = map.name === "" ? `map id ${map.id}` : `${map.type} ${map.name}`;
  return map.slot === null ? name : `${name}, ${slotName(map.type)} ${map.slot}`;
}

function slotName(type: string): string {
  return type === "cpumap" ? "CPU" : type === "xskmap" ? "queue" : "slot";
}

/** both ends as far as the tracepoint tells them */
export function sayWay({
  tracepoint,
  from,
  to,
  map,
}: Pick<RedirectCount, "tracepoint" | "from" | "to" | "map">): string {
  if (tracepoint === "exception") return from === null ? "somewhere" : sayEnd(from);
  if (tracepoint === "bulk_tx") return from === null ? "somewhere" : `${sayEnd(from)} → back out`;
  const target = to !== null ? sayEnd(to) : map !== null ? sayMap(map) : "nowhere";
  return `${from === null ? "" : `${sayEnd(from)} → `}${target}`;
}
