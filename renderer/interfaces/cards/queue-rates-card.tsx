import { useMemo, useState } from "react";
import { Button } from "react-aria-components";
import { queueColumns, queuesOf, type Rates, rateText } from "../rates.ts";
import { Card } from "./card.tsx";
import { RateChart, type RatesFeed, type Series } from "./rate-chart.tsx";

/** of a line each: as many are told apart */
const colours = ["--accent", "--ok", "--warn", "--kw", "--ty", "--nu"] as const;

/** what the chart shows, where the driver counts it */
const charted = ["packets /s", "XDP packets /s"].map((wanted) =>
  queueColumns.findIndex(({ title }) => title === wanted),
);

/** Of the receive queues, where the driver counts them one by one: each a line of the chart and a row. */
export function QueueRatesCard({
  rates,
  feed,
}: {
  readonly rates: Rates | null;
  readonly feed: RatesFeed;
}): React.ReactNode {
  const [chosen, setChosen] = useState(0);
  const queues = rates === null ? [] : queuesOf(rates);
  const shown = queueColumns
    .map(({ title }, index) => ({ title, index }))
    .filter(({ index }) => queues.some(({ cells }) => typeof cells[index] === "number"));
  const column = charted.find((index) => shown.some((one) => one.index === index)) ?? shown[0]?.index ?? 0;
  // the device may have fewer queues by now
  const first = chosen < queues.length ? chosen : 0;
  if (queues.length === 0 || shown.length === 0) return null;
  const drawn = queues.slice(first, first + colours.length);
  const title = queueColumns[column]?.title ?? "";
  const words = drawn.map(({ queue, cells }) => `queue ${queue} ${rateText(cells[column] ?? 0)}`).join(", ");
  const starts = queues.flatMap((_, index) => (index % colours.length === 0 ? [index] : []));
  return (
    <Card title="By queue" wide="whole">
      <QueueChart
        first={first}
        column={column}
        feed={feed}
        label={`${title} by queue over the last minute: ${words}`}
      />
      {starts.length > 1 && (
        <p className="queue-pages">
          {title} of the queues{" "}
          {starts.map((start) => (
            <Button
              key={start}
              className={start === first ? "button small on" : "button small"}
              aria-label={`Chart the queues ${rangeOf(start, queues.length)}`}
              aria-pressed={start === first}
              onPress={() => setChosen(start)}
            >
              {rangeOf(start, queues.length)}
            </Button>
          ))}
        </p>
      )}
      <table aria-label="Rates by receive queue">
        <thead>
          <tr>
            <th scope="col">queue</th>
            {shown.map((one) => (
              <th key={one.title} scope="col" className="right">
                {one.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {queues.map(({ queue, cells }, index) => (
            <tr key={queue}>
              <td>
                {queue}{" "}
                <span style={{ color: `var(${colours[index - first] ?? ""})` }} aria-hidden="true">
                  {index >= first && index < first + colours.length ? "▬" : ""}
                </span>
              </td>
              {shown.map((one) => (
                <td key={one.title} className="right number">
                  {rateOrNothing(cells[one.index])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function QueueChart({
  first,
  column,
  feed,
  label,
}: {
  readonly first: number;
  readonly column: number;
  readonly feed: RatesFeed;
  readonly label: string;
}): React.ReactNode {
  const series = useMemo(
    () =>
      (history: readonly Rates[]): readonly Series[] =>
        colours.map((colour, line) => ({
          name: `queue ${first + line}`,
          colour,
          values: history.map((one) => queuesOf(one)[first + line]?.cells[column] ?? null),
        })),
    [first, column],
  );
  return <RateChart feed={feed} series={series} low label={label} />;
}

function rangeOf(start: number, count: number): string {
  const last = Math.min(start + colours.length, count) - 1;
  return last === start ? String(start) : `${start} to ${last}`;
}

function rateOrNothing(value: number | null | undefined): string {
  return typeof value === "number" ? rateText(value) : "";
}
