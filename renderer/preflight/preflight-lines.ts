/** What a pre-flight says, in order and in short. Pure. */
import type { Preflight, PreflightLine } from "../../protocol/preflight.ts";

export type PlaceLines = Preflight["places"][number];
export type Weight = PreflightLine["weight"];

const order: Readonly<Record<Weight, number>> = { stops: 0, costs: 1, fine: 2 };

/** The gravest first; else as they came. */
export function inOrder(lines: readonly PreflightLine[]): readonly PreflightLine[] {
  return lines.toSorted((one, other) => order[one.weight] - order[other.weight]);
}

export function weightWord(weight: Weight): string {
  return { stops: "in the way", costs: "costs", fine: "fine" }[weight];
}

/** Where a line comes from: our own limits against the kernel's word. */
export function sourceWord({ expectation }: PreflightLine): string {
  return expectation ? "expected" : "the kernel says";
}

export interface Summary {
  readonly weight: Weight;
  /** of the gravest */
  readonly count: number;
  readonly words: string;
}

/** In two or three words, for beside the pickers. */
export function summaryOf({ places }: Preflight): Summary {
  const lines = places.flatMap((place) => place.lines);
  const count = (weight: Weight): number => lines.filter((line) => line.weight === weight).length;
  const [stops, costs] = [count("stops"), count("costs")];
  if (stops > 0) return { weight: "stops", count: stops, words: `${stops} in the way` };
  if (costs > 0) return { weight: "costs", count: costs, words: costs === 1 ? "1 cost" : `${costs} costs` };
  return { weight: "fine", count: lines.length, words: "nothing in the way" };
}

/**
 * Lines for which Attach asks before it goes on, by place. A program that is in the way is asked about by the attach
 * itself, with its name.
 */
export function stopping({ places }: Preflight): readonly PlaceLines[] {
  return places
    .map((one) => ({
      ...one,
      lines: one.lines.filter(({ weight, about }) => weight === "stops" && about !== "program-in-the-way"),
    }))
    .filter(({ lines }) => lines.length > 0);
}

/** What the places carry, each once. */
export function carriedBy({ places }: Preflight): readonly string[] {
  return [...new Set(places.flatMap(({ place, carries }) => carries.map((what) => `${place.name} carries ${what}`)))];
}

/** The shortest that is proposed for any of the places; null where none needs one. */
export function proposedDeadline(preflight: Preflight | null): number | null {
  const all = (preflight?.places ?? []).flatMap(({ confirmWithin }) => (confirmWithin === null ? [] : [confirmWithin]));
  return all.length === 0 ? null : Math.min(...all);
}
