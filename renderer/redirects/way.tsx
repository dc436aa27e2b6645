import type { RedirectEnd, RedirectRow } from "../../protocol/redirects.ts";

/** From where to where, as far as the tracepoint tells. */
export function Way({ row: { tracepoint, from, to, map } }: { readonly row: RedirectRow }): React.ReactNode {
  const single = tracepoint === "exception";
  return (
    <span className="way">
      {from !== null && <End of={from} />}
      {!single && <span aria-label="to"> → </span>}
      {single ? null : tracepoint === "bulk_tx" ? (
        "back out"
      ) : to !== null ? (
        <End of={to} />
      ) : map !== null ? (
        <span>
          {map.type} {map.name}
          {map.slot !== null && ` ${slotWord(map.type)} ${map.slot}`}
        </span>
      ) : (
        "nowhere"
      )}
    </span>
  );
}

function End({ of: { ifindex, place } }: { readonly of: RedirectEnd }): React.ReactNode {
  if (place === null) return <b>ifindex {ifindex}, which is not there</b>;
  return (
    <span>
      <b>{place.name}</b>
      {place.netns !== null && <span className="dim"> {place.netns}</span>}
    </span>
  );
}

function slotWord(type: string): string {
  return type === "cpumap" ? "CPU" : type === "xskmap" ? "queue" : "slot";
}
