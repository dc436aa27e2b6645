import { Button } from "react-aria-components";
import type { AttachedInFull } from "../../../protocol/interface-details.ts";
import { OurSource } from "../../attach/our-source.tsx";
import { showRedirects } from "../../redirects/show-redirects.ts";
import { useApp } from "../../session/use-app.tsx";
import { bytes } from "../../verify/sizes.ts";
import { modeWord } from "../places.ts";
import { type Rates, rateText } from "../rates.ts";
import { Card, Pair } from "./card.tsx";

/** In every mode at once, whoever did it. */
export function AttachedCard({
  attached,
  rates,
}: {
  readonly attached: readonly AttachedInFull[];
  readonly rates: Rates | null;
}): React.ReactNode {
  const app = useApp();
  return (
    <Card title="Attached">
      {attached.length === 0 && <p className="mid">no XDP program in any mode</p>}
      {attached.map((one) => (
        <Program key={one.program.mode} of={one} rates={rates} />
      ))}
      {attached.length > 0 && (
        <p className="attached-more">
          <Button className="link-button" onPress={() => showRedirects(app)}>
            What becomes of redirected packets
          </Button>
        </p>
      )}
    </Card>
  );
}

function Program({ of, rates }: { readonly of: AttachedInFull; readonly rates: Rates | null }): React.ReactNode {
  const { program, by, linkId, more } = of;
  const runs = rates?.runs.get(program.id);
  const name = program.name === "" ? `program ${program.id}` : program.name;
  return (
    <div className="attached-program">
      <h3>
        {name} <span className="tag accent">{modeWord(program.mode)}</span>
      </h3>
      {more === null ? (
        <p className="mid">id {program.id}; the rest is seen with privilege only: unlock.</p>
      ) : (
        <dl className="pairs narrow">
          <Pair name="id">{program.id}</Pair>
          <Pair name="tag">
            <span className="mono">{program.tag}</span>
          </Pair>
          <Pair name="code">
            {bytes(more.xlatedBytes)} of BPF,{" "}
            {program.jited ? `${bytes(more.jitedBytes)} jited` : "not jited: it is interpreted"}
          </Pair>
          <Pair name="attached by">
            {by === "link"
              ? `a bpf_link, id ${linkId ?? "?"}: it goes when its holder lets go`
              : by === "netlink"
                ? "netlink"
                : "unknown"}
          </Pair>
          <Pair name="from">
            <OurSource of={program} />
          </Pair>
          <Pair name="loaded">
            {when(more.loadedAt)} <span className="dim">by {more.user ?? `uid ${more.uid}`}</span>
          </Pair>
          <Pair name="maps">
            {more.maps.length === 0 ? "none" : more.maps.map((map) => `${map.name} (id ${map.id})`).join(", ")}
          </Pair>
          <Pair name="runs">
            {program.mode === "hw" ? (
              <span className="dim">not counted: the device runs it</span>
            ) : runs === undefined ? (
              <span className="dim">counted while this is seen</span>
            ) : (
              <>
                {rateText(runs.perSecond)} /s
                {runs.nanoseconds !== null && ` · ${Math.round(runs.nanoseconds)} ns a run`} · {percent(runs.share)} of
                a CPU
              </>
            )}
          </Pair>
        </dl>
      )}
      {more !== null && more.dispatcher !== null && <Dispatcher of={more.dispatcher} />}
    </div>
  );
}

function Dispatcher({
  of,
}: {
  readonly of: NonNullable<NonNullable<AttachedInFull["more"]>["dispatcher"]>;
}): React.ReactNode {
  return (
    <>
      <p className="mid dispatcher">
        libxdp's dispatcher, version {of.version}
        {of.fragments ? ", with fragments" : ""}: it runs these, one after the other.
      </p>
      <ol className="chain" aria-label="Programs of the dispatcher">
        {of.programs.map(({ id, name, priority, goesOnAfter }, index) => (
          <li key={index}>
            <b>{name ?? `program ${index + 1}`}</b>{" "}
            <span className="dim">
              {id === null ? "" : `id ${id} · `}
              {priority === null ? "" : `priority ${priority} · `}
              {goesOnAfter.length === 0 ? "the last" : `goes on after ${goesOnAfter.join(", ")}`}
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

function percent(share: number): string {
  const value = share * 100;
  if (value === 0) return "0 %";
  if (value < 0.01) return "under 0.01 %";
  return `${value.toFixed(value < 1 ? 2 : 1)} %`;
}

function when(milliseconds: number): string {
  return new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" }).format(milliseconds);
}
