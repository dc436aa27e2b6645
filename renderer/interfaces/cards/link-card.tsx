import { Button } from "react-aria-components";
import type { InterfaceDetails, LinkSettings } from "../../../protocol/interface-details.ts";
import type { NetworkInterface } from "../../../protocol/interfaces.ts";
import { useApp, useSession } from "../../session/use-app.tsx";
import { choosePlace } from "../choose-place.ts";
import { samePlace } from "../places.ts";
import { Card, Pair, sentence } from "./card.tsx";

export function LinkCard({
  one,
  details: { facts, link },
  there,
}: {
  readonly one: NetworkInterface;
  readonly details: InterfaceDetails;
  readonly there: boolean;
}): React.ReactNode {
  const app = useApp();
  const chosen = useSession(({ place }) => place !== null && samePlace(place, one));
  const range = facts.maximumMtu === null ? "" : ` (${facts.minimumMtu ?? 0} to ${facts.maximumMtu})`;
  const { peer } = facts;
  return (
    <Card title="Interface" command={`ip -d link show ${one.name}`}>
      <dl className="pairs">
        <Pair name="ifindex">{one.ifindex}</Pair>
        <Pair name="namespace">{one.netns ?? "this machine's own"}</Pair>
        <Pair name="type">{facts.type}</Pair>
        {facts.alias !== "" && <Pair name="alias">{facts.alias}</Pair>}
        <Pair name="MAC">
          <span className="mono">{one.mac ?? "none"}</span>
        </Pair>
        <Pair name="MTU">
          {one.mtu}
          <span className="dim">{range}</span>
        </Pair>
        <Pair name="state">
          {one.up ? "up" : "down"}
          {facts.carrier === null ? "" : facts.carrier ? ", carrier" : ", no carrier"}
        </Pair>
        <Pair name="speed">
          {link.is === "known" ? speedOf(link.value) : <span className="dim">{sentence(link.why)}</span>}
        </Pair>
        {peer !== null && (
          <Pair name="peer">
            {peer.name}
            <span className="dim">
              {" "}
              · ifindex {peer.ifindex} · {peer.netns ?? "this machine's own namespace"} · MTU {peer.mtu}
            </span>
          </Pair>
        )}
      </dl>
      {!chosen && there && (
        <Button className="button" onPress={() => void choosePlace(app, one)}>
          Choose {one.name} to attach to
        </Button>
      )}
    </Card>
  );
}

function speedOf({ speed, duplex, autonegotiation, lanes }: LinkSettings): string {
  const rate = speed === null ? "unknown to the driver" : speed >= 1000 ? `${speed / 1000} Gb/s` : `${speed} Mb/s`;
  return [
    rate,
    duplex === null ? "" : `${duplex} duplex`,
    autonegotiation === true ? "negotiated" : "",
    lanes === null ? "" : `${lanes} lanes`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}
