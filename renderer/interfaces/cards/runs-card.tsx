import { useMemo } from "react";
import type { AttachedInFull } from "../../../protocol/interface-details.ts";
import { modeWord } from "../places.ts";
import { type Rates, rateText, type Runs } from "../rates.ts";
import { Card } from "./card.tsx";
import { RateChart, type RatesFeed, type Series } from "./rate-chart.tsx";

/** each has a scale of its own, and so a chart of its own */
const charts = [
  { title: "runs /s", colour: "--accent", of: ({ perSecond }: Runs) => perSecond, text: rateText, least: 1 },
  { title: "ns a run", colour: "--warn", of: ({ nanoseconds }: Runs) => nanoseconds, text: rateText, least: 1 },
  { title: "% of a CPU", colour: "--ok", of: ({ share }: Runs) => share * 100, text: percent, least: 0.01 },
] as const;

/** How often each attached program runs, how long a run takes, and what of a CPU that is. */
export function RunsCard({
  attached,
  now,
  feed,
}: {
  readonly attached: readonly AttachedInFull[];
  readonly now: Rates | null;
  readonly feed: RatesFeed;
}): React.ReactNode {
  // without privilege nobody counts
  const counted = attached.filter(({ more }) => more !== null);
  if (counted.length === 0) return null;
  return (
    <Card title="Runs" wide="whole">
      {counted.map(({ program }) => (
        <div key={program.id} className="runs-charts">
          <h3>
            {program.name === "" ? `program ${program.id}` : program.name}{" "}
            <span className="tag accent">{modeWord(program.mode)}</span>
          </h3>
          {program.mode === "hw" ? (
            <p className="mid">the device runs it: the kernel does not see its runs</p>
          ) : (
            <div className="runs-row">
              {charts.map((chart) => (
                <RunsChart key={chart.title} chart={chart} id={program.id} now={now} feed={feed} />
              ))}
            </div>
          )}
        </div>
      ))}
    </Card>
  );
}

function percent(value: number): string {
  if (value > 0 && value < 0.01) return "under 0.01";
  return value.toFixed(value === 0 ? 0 : value < 1 ? 2 : 1);
}

function RunsChart({
  chart,
  id,
  now,
  feed,
}: {
  readonly chart: (typeof charts)[number];
  readonly id: number;
  readonly now: Rates | null;
  readonly feed: RatesFeed;
}): React.ReactNode {
  const series = useMemo(
    () =>
      (history: readonly Rates[]): readonly Series[] => [
        {
          name: chart.title,
          colour: chart.colour,
          values: history.map(({ runs }) => {
            const one = runs.get(id);
            return one === undefined ? null : chart.of(one);
          }),
        },
      ],
    [chart, id],
  );
  const runs = now?.runs.get(id);
  const value = runs === undefined ? null : chart.of(runs);
  const words =
    runs === undefined ? "counting…" : value === null ? "did not run" : `${chart.text(value)} ${chart.title}`;
  return (
    <figure>
      <RateChart
        feed={feed}
        series={series}
        low
        least={chart.least}
        label={`${chart.title} over the last minute: ${words}`}
      />
      <figcaption>{words}</figcaption>
    </figure>
  );
}
