import type { Amount, InterfaceDetails, Parameter } from "../../../protocol/interface-details.ts";
import { count } from "../../verify/sizes.ts";
import { Answered, Card, Pair } from "./card.tsx";

/** Channels, rings and coalescing: what the driver does not have at all is said once, at the end. */
export function QueuesCard({
  name,
  details,
}: {
  readonly name: string;
  readonly details: InterfaceDetails;
}): React.ReactNode {
  const { channels, rings, coalescing, facts } = details;
  return (
    <Card title="Queues and rings" command={`ethtool -l, -g, -c ${name}`}>
      <h3>Channels</h3>
      <Answered of={channels}>{(value) => <Amounts of={value} unit="channels" />}</Answered>
      {facts.rxQueues !== null && (
        <p className="dim">
          The kernel keeps {facts.rxQueues} receive and {facts.txQueues} transmit queues for it.
        </p>
      )}
      <h3>Rings</h3>
      <Answered of={rings}>
        {({ sizes, settings }) => (
          <>
            <Amounts of={sizes} unit="ring" />
            <Parameters of={settings} />
          </>
        )}
      </Answered>
      <h3>Coalescing</h3>
      <Answered of={coalescing}>{(value) => <Parameters of={value} />}</Answered>
    </Card>
  );
}

function Amounts({ of, unit }: { readonly of: readonly Amount[]; readonly unit: string }): React.ReactNode {
  const has = of.filter(({ now, most }) => now !== null || most !== null);
  return (
    <>
      <dl className="pairs figures">
        {has.map(({ name, now, most }) => (
          <Pair key={name} name={`${name} ${unit}`}>
            {now === null ? "?" : count(now)} <span className="dim">of {most === null ? "?" : count(most)}</span>
          </Pair>
        ))}
      </dl>
      <Missing names={of.filter((one) => !has.includes(one)).map(({ name }) => name)} />
    </>
  );
}

function Parameters({ of }: { readonly of: readonly Parameter[] }): React.ReactNode {
  const has = of.filter(({ value }) => value !== null);
  return (
    <>
      <dl className="pairs figures">
        {has.map(({ name, value }) => (
          <Pair key={name} name={name}>
            {typeof value === "number" ? count(value) : value === true ? "on" : "off"}
          </Pair>
        ))}
      </dl>
      <Missing names={of.filter(({ value }) => value === null).map(({ name }) => name)} />
    </>
  );
}

function Missing({ names }: { readonly names: readonly string[] }): React.ReactNode {
  if (names.length === 0) return null;
  return <p className="dim">Not supported by this driver: {names.join(", ")}.</p>;
}
