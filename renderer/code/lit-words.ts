/** What is lit, said in words below the code. */
import { baseName } from "../editor/open-sources.ts";
import type { LitLines, LitSource } from "./index-places.ts";

export type Origin =
  | { readonly side: "source"; readonly path: string; readonly line: number }
  | { readonly side: "code"; readonly index: number };

export function wordsOfLit(
  origin: Origin,
  { code, source }: { readonly code: LitLines; readonly source: readonly LitSource[] },
): string {
  if (origin.side === "source") {
    const at = `${baseName(origin.path)}:${origin.line}`;
    const parts = [
      ...(code.own.length > 0 ? [`${lines(code.own.length)} from it`] : []),
      ...(code.inlined.length > 0 ? [`${lines(code.inlined.length)} inlined into it`] : []),
    ];
    return `${at} · ${parts.length === 0 ? "no code" : parts.join(", ")}`;
  }
  const from = source.flatMap(({ path, own }) => own.map((line) => `${baseName(path)}:${line}`));
  const into = source.flatMap(({ path, inlined }) => inlined.map((line) => `${baseName(path)}:${line}`));
  if (from.length === 0) return "no line of C";
  return `from ${from.join(", ")}${into.length === 0 ? "" : `, inlined into ${into.join(", ")}`}`;
}

function lines(count: number): string {
  return `${count} ${count === 1 ? "line" : "lines"}`;
}
