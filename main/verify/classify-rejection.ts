import { callClasses } from "./classes-call.ts";
import { flowClasses } from "./classes-flow.ts";
import { loaderClasses } from "./classes-loader.ts";
import { memoryClasses } from "./classes-memory.ts";
import { packetClasses } from "./classes-packet.ts";
import type { RejectionClass, RejectionFacts } from "./rejection-facts.ts";

/** Every class, the first that fits wins: what names a cause stands before what names a symptom. */
export const rejectionClasses: readonly RejectionClass[] = [
  ...loaderClasses,
  ...packetClasses,
  ...memoryClasses.filter(({ id }) => id !== "pointer-arithmetic"),
  ...flowClasses,
  ...callClasses,
  ...memoryClasses.filter(({ id }) => id === "pointer-arithmetic"),
];

export interface Classified {
  readonly class: RejectionClass;
  /** The line that told. */
  readonly telling: string;
  readonly match: RegExpExecArray;
}

/** The class of a rejection; null where no class fits its words. */
export function classifyRejection(facts: RejectionFacts): Classified | null {
  for (const candidate of rejectionClasses) {
    for (const line of facts.errors) {
      const match = candidate.pattern.exec(line);
      if (match && (candidate.when?.(facts, match) ?? true)) return { class: candidate, telling: line, match };
    }
  }
  return null;
}
