import { useEffect, useRef } from "react";
import type { Rates } from "../rates.ts";
import { keptRates } from "../use-rates.ts";

export interface Series {
  readonly name: string;
  /** a CSS variable, such as --accent */
  readonly colour: string;
  /** at each point, the newest last; null where there is none */
  readonly values: readonly (number | null)[];
}

/** Passes each history on to the charts that are there: nothing of React moves for it. */
export interface RatesFeed {
  readonly publish: (history: readonly Rates[]) => void;
  /** gives what ends it */
  readonly subscribe: (draw: (history: readonly Rates[]) => void) => () => void;
}

export function createRatesFeed(): RatesFeed {
  const charts = new Set<(history: readonly Rates[]) => void>();
  return {
    publish: (history) => {
      for (const draw of charts) draw(history);
    },
    subscribe: (draw) => {
      charts.add(draw);
      return () => void charts.delete(draw);
    },
  };
}

const pad = { left: 54, right: 8, top: 8, bottom: 6 } as const;

/**
 * Lines over the last minute, on a canvas.
 * @param series the same function each time
 * @param least the top of a scale that nothing reaches
 */
export function RateChart({
  feed,
  series,
  label,
  low = false,
  least = 1,
}: {
  readonly feed: RatesFeed;
  readonly series: (history: readonly Rates[]) => readonly Series[];
  /** all that it shows, in words */
  readonly label: string;
  readonly low?: boolean;
  readonly least?: number;
}): React.ReactNode {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  useEffect(
    () =>
      feed.subscribe((history) => {
        // another size is drawn with the next call, a moment later
        if (canvas.current !== null) draw(canvas.current, series(history), least);
      }),
    [feed, series, least],
  );
  return <canvas ref={canvas} className={low ? "rate-chart low" : "rate-chart"} role="img" aria-label={label} />;
}

function draw(canvas: HTMLCanvasElement, series: readonly Series[], least: number): void {
  const context = canvas.getContext("2d");
  const { clientWidth: width, clientHeight: height } = canvas;
  if (context === null || width === 0 || height === 0) return;
  const ratio = window.devicePixelRatio;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const style = getComputedStyle(canvas);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);

  const all = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const top = ceiling(all.reduce((most, value) => Math.max(most, value), least));
  const bottom = height - pad.bottom;
  const at = (value: number): number => bottom - (value / top) * (bottom - pad.top);
  context.font = `11px ${style.fontFamily}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.lineWidth = 1;
  for (const part of [0, 0.5, 1]) {
    const y = Math.round(at(top * part)) + 0.5;
    context.strokeStyle = style.getPropertyValue("--line");
    line(context, [
      [pad.left, y],
      [width - pad.right, y],
    ]);
    context.fillStyle = style.getPropertyValue("--fg2");
    context.fillText(short(top * part), pad.left - 8, y);
  }
  const step = (width - pad.left - pad.right) / (keptRates - 1);
  context.lineWidth = 1.5;
  for (const { colour, values } of series) {
    context.strokeStyle = style.getPropertyValue(colour);
    const from = width - pad.right - (values.length - 1) * step;
    line(
      context,
      values.map((value, index) => (value === null ? null : [from + index * step, at(value)])),
    );
  }
}

/** null interrupts it */
function line(context: CanvasRenderingContext2D, through: readonly (readonly [number, number] | null)[]): void {
  context.beginPath();
  let drawing = false;
  for (const point of through) {
    if (point === null) drawing = false;
    else if (drawing) context.lineTo(...point);
    else {
      context.moveTo(...point);
      drawing = true;
    }
  }
  context.stroke();
}

/** The next of 1, 2, 5 times a power of ten: the scale stays put while the lines move. */
export function ceiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((one) => value <= one * power) ?? 10;
  return factor * power;
}

function short(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toFixed(1))} M`;
  return value >= 1e3 ? `${Number((value / 1e3).toFixed(1))} k` : String(Number(value.toPrecision(3)));
}
