import { Button } from "react-aria-components";
import type { Answer, Statistic } from "../../../protocol/interface-details.ts";
import { grouped3 } from "../../verify/sizes.ts";
import { Answered, Card } from "./card.tsx";

/** Those of XDP first; the others behind a fold where there are many. */
export function StatisticsCard({
  name,
  statistics,
  again,
}: {
  readonly name: string;
  readonly statistics: Answer<readonly Statistic[]>;
  readonly again: () => void;
}): React.ReactNode {
  return (
    <Card title="Statistics" command={`ethtool -S ${name}`}>
      <Answered of={statistics}>
        {(all) => {
          const ofXdp = all.filter(({ xdp }) => xdp);
          const others = all.filter(({ xdp }) => !xdp);
          return (
            <>
              {ofXdp.length === 0 ? (
                <p className="mid">none that concern XDP</p>
              ) : (
                <Counters label="Counters of XDP" of={ofXdp} />
              )}
              {others.length > 0 && (
                <details>
                  <summary>{others.length} more</summary>
                  <Counters label="Other counters" of={others} />
                </details>
              )}
              <Button className="button small" onPress={again}>
                Read again
              </Button>
            </>
          );
        }}
      </Answered>
    </Card>
  );
}

function Counters({ label, of }: { readonly label: string; readonly of: readonly Statistic[] }): React.ReactNode {
  return (
    <dl className="pairs counters mono" aria-label={label}>
      {of.map(({ name, value }, index) => (
        // a driver may give two counters one name
        <div key={`${index}:${name}`}>
          <dt>{name}</dt>
          <dd>{grouped3(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
