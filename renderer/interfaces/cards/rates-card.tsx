import { queueColumns, queuesOf, type Rates, rateText, total } from "../rates.ts";
import type { LiveRates } from "../use-rates.ts";
import { Card } from "./card.tsx";
import { RateChart, type RatesFeed, type Series } from "./rate-chart.tsx";

const dropColumn = queueColumns.findIndex(({ title }) => title.startsWith("XDP drop"));

function droppedByXdp(rates: Rates): number {
  return total(queuesOf(rates), dropColumn) ?? 0;
}

/** the lines of the chart, and what each is of one moment */
const rateSeries = [
  { name: "received", colour: "--accent", of: ({ link }: Rates) => link["rxPackets"] ?? 0 },
  { name: "sent", colour: "--ok", of: ({ link }: Rates) => link["txPackets"] ?? 0 },
  {
    name: "dropped",
    colour: "--bad",
    of: (rates: Rates) => (rates.link["rxDropped"] ?? 0) + droppedByXdp(rates),
  },
] as const;

function seriesOf(history: readonly Rates[]): Series[] {
  return rateSeries.map(({ name, colour, of }) => ({ name, colour, values: history.map(of) }));
}

export function RatesCard({
  live: { now, failed },
  feed,
}: {
  readonly live: LiveRates;
  readonly feed: RatesFeed;
}): React.ReactNode {
  const waiting = failed ? "the counters cannot be read now" : "counting…";
  const texts = now === null ? [] : rateSeries.map(({ name, of }) => `${name} ${rateText(of(now))} /s`);
  return (
    <Card title="Packets per second" wide>
      <RateChart
        feed={feed}
        series={seriesOf}
        label={`Packets per second over the last minute: ${now === null ? waiting : texts.join(", ")}`}
      />
      <p className="rate-words">
        {now === null
          ? waiting
          : rateSeries.map(({ name, colour }, index) => (
              <span key={name}>
                <span style={{ color: `var(${colour})` }} aria-hidden="true">
                  ▬
                </span>{" "}
                {texts[index]}
              </span>
            ))}
      </p>
    </Card>
  );
}
