import type { Answer, Offload } from "../../../protocol/interface-details.ts";
import { Answered, Card } from "./card.tsx";

/** Those that change how XDP runs, with why; all the others behind a fold. */
export function OffloadsCard({
  name,
  offloads,
}: {
  readonly name: string;
  readonly offloads: Answer<readonly Offload[]>;
}): React.ReactNode {
  return (
    <Card title="Offloads" command={`ethtool -k ${name}`}>
      <Answered of={offloads}>
        {(all) => {
          const others = all.filter(({ why }) => why === null);
          return (
            <>
              <ul className="offloads" aria-label="Offloads that matter to XDP">
                {all
                  .filter(({ why }) => why !== null)
                  .map((one) => (
                    <li key={one.name}>
                      <State of={one} />
                      <span>
                        {one.alias} {one.fixed && <span className="dim">fixed</span>}
                        <span className="why">{one.why}</span>
                      </span>
                    </li>
                  ))}
              </ul>
              <details>
                <summary>All {all.length}</summary>
                <ul className="offloads dense" aria-label="Other offloads">
                  {others.map((one) => (
                    <li key={one.name}>
                      <State of={one} />
                      <span>
                        {one.alias} {one.fixed && <span className="dim">fixed</span>}
                      </span>
                    </li>
                  ))}
                </ul>
              </details>
            </>
          );
        }}
      </Answered>
    </Card>
  );
}

function State({ of: { on, wanted, fixed } }: { readonly of: Offload }): React.ReactNode {
  // what is fixed is not asked for
  const waits = on !== wanted && !fixed;
  return (
    <span className={on ? "tag ok" : "tag"} title={!waits ? undefined : `asked to be ${wanted ? "on" : "off"}`}>
      {on ? "on" : "off"}
      {waits && "*"}
    </span>
  );
}
