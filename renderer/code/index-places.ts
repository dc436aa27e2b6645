/** From lines of C to lines of code and back. */
import type { Code, CodePlace } from "../../protocol/views.ts";

/** Line numbers, in order. Those that came from the line itself; and those that were inlined into it. */
export interface LitLines {
  readonly own: readonly number[];
  readonly inlined: readonly number[];
}
export interface LitSource extends LitLines {
  readonly path: string;
}

/** Code lines count from 0, source lines from 1. */
export interface Places {
  readonly code: Code;
  codeOf(path: string, line: number): LitLines;
  /** `own`: where the line comes from; `inlined`: where that was inlined into */
  sourceOf(index: number): readonly LitSource[];
  /** of this line; where it has none, of the one that is nearest in its function */
  placeNear(index: number): { readonly path: string; readonly place: CodePlace } | null;
}

const none: LitLines = { own: [], inlined: [] };

export function indexPlaces(code: Code): Places {
  const lines = new Map<string, { own: number[]; inlined: number[] }>();
  const key = (file: number | string, line: number): string => `${line}:${file}`;
  for (const [index, { at }] of code.lines.entries()) {
    for (const [depth, { file, line }] of at.entries()) {
      const path = code.files[file];
      if (path === undefined) continue;
      const entry = lines.get(key(path, line)) ?? { own: [], inlined: [] };
      lines.set(key(path, line), entry);
      const into = depth === 0 ? entry.own : entry.inlined;
      // a call in a line that was inlined into the same line counts once
      if (into.at(-1) !== index && entry.own.at(-1) !== index) into.push(index);
    }
  }
  const placeOf = (index: number): { path: string; place: CodePlace } | null => {
    const place = code.lines[index]?.at[0];
    const path = place === undefined ? undefined : code.files[place.file];
    return place === undefined || path === undefined ? null : { path, place };
  };
  const functionOf = (index: number): number => code.functions.findLastIndex(({ line }) => line <= index);
  return {
    code,
    codeOf: (path, line) => lines.get(key(path, line)) ?? none,
    sourceOf(index) {
      const found = new Map<string, { path: string; own: number[]; inlined: number[] }>();
      for (const [depth, { file, line }] of (code.lines[index]?.at ?? []).entries()) {
        const path = code.files[file];
        if (path === undefined) continue;
        const entry = found.get(path) ?? { path, own: [], inlined: [] };
        found.set(path, entry);
        if (!entry.own.includes(line) && !entry.inlined.includes(line)) {
          (depth === 0 ? entry.own : entry.inlined).push(line);
        }
      }
      return [...found.values()];
    },
    placeNear(index) {
      const own = functionOf(index);
      for (let step = 0; step < code.lines.length; step++) {
        const near = [index + step, index - step].filter((one) => functionOf(one) === own);
        if (near.length === 0) return null;
        for (const one of near) {
          const found = placeOf(one);
          if (found !== null) return found;
        }
      }
      return null;
    },
  };
}
