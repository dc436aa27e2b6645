import { byQueue, queueColumns, type Rates, rateText, total } from "../rates.ts";
import type { LiveRates } from "../use-rates.ts";
import { Card } from "./card.tsx";
import { RateChart, type RatesFeed, type Series } from "./rate-chart.tsx";

const dropColumn = queueColumns.findIndex(({ title }) => title.startsWith("XDP drop"));

/** of each moment once: a chart is drawn from a minute of them */
const dropped = new WeakMap<Rates, number>();

function droppedByXdp(rates: Rates): number {
  const known = dropped.get(rates);
  if (known !== undefined) return known;
  const counted = total(byQueue(rates.driver), dropColumn) ?? 0;
  dropped.set(rates, counted);
  return counted;
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

/** Of the receive queues, where the driver counts them one by one. */
export function QueueRatesCard({ rates }: { readonly rates: Rates | null }): React.ReactNode {
  const queues = rates === null ? [] : byQueue(rates.driver);
  const shown = queueColumns
    .map(({ title }, index) => ({ title, index }))
    .filter(({ index }) => queues.some(({ cells }) => typeof cells[index] === "number"));
  if (queues.length === 0 || shown.length === 0) return null;
  return (
    <Card title="By queue" wide="whole">
      <table aria-label="Rates by receive queue">
        <thead>
          <tr>
            <th scope="col">queue</th>
            {shown.map(({ title }) => (
              <th key={title} scope="col" className="right">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {queues.map(({ queue, cells }) => (
            <tr key={queue}>
              <td>{queue}</td>
              {shown.map(({ title, index }) => (
                <td key={title} className="right number">
                  {rateOrNothing(cells[index])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function rateOrNothing(value: number | null | undefined): string {
  return typeof value === "number" ? rateText(value) : "";
}
