import { useCallback, useRef } from "react";

export interface Series {
  readonly name: string;
  /** a CSS variable, such as --accent */
  readonly colour: string;
  /** at each point, the newest last */
  readonly values: readonly number[];
}

const points = 300;
const pad = { left: 54, right: 8, top: 8, bottom: 6 } as const;

/** Lines over the last minute. Drawn on a canvas when `show` is called: nothing of React moves for it. */
export function useRateChart(): {
  readonly canvas: React.RefObject<HTMLCanvasElement | null>;
  readonly show: (series: readonly Series[]) => void;
} {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  const show = useCallback((series: readonly Series[]) => {
    // another size is drawn with the next call, a moment later
    if (canvas.current !== null) draw(canvas.current, series);
  }, []);
  return { canvas, show };
}

function draw(canvas: HTMLCanvasElement, series: readonly Series[]): void {
  const context = canvas.getContext("2d");
  const { clientWidth: width, clientHeight: height } = canvas;
  if (context === null || width === 0 || height === 0) return;
  const ratio = window.devicePixelRatio;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const style = getComputedStyle(canvas);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);

  const top = ceiling(Math.max(1, ...series.flatMap(({ values }) => values)));
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
  const step = (width - pad.left - pad.right) / (points - 1);
  context.lineWidth = 1.5;
  for (const { colour, values } of series) {
    context.strokeStyle = style.getPropertyValue(colour);
    const from = width - pad.right - (values.length - 1) * step;
    line(
      context,
      values.map((value, index) => [from + index * step, at(value)]),
    );
  }
}

function line(context: CanvasRenderingContext2D, through: readonly (readonly [number, number])[]): void {
  context.beginPath();
  for (const [x, y] of through) context.lineTo(x, y);
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
  return value >= 1e3 ? `${Number((value / 1e3).toFixed(1))} k` : String(Number(value.toFixed(1)));
}
