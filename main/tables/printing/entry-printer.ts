/** Prints one entry after the other into bytes; the caller writes them away when there is no room for another. */
import { longestText, type Operation } from "./operations.ts";
import { printOperations, slack, type Source, type Target } from "./print-operations.ts";

/** What of an entry is printed next: operations on its key or on its value. */
export interface Part {
  readonly of: "key" | "value";
  readonly operations: readonly Operation[];
}

export interface EntryPrinter {
  /** no entry needs more room, in bytes: its text, and what writing it may touch behind it */
  readonly longest: number;
  /** `key` and `value`: where they begin in their sources. Answers where the text ends. */
  print(keys: Source, key: number, values: Source, value: number, out: Target, at: number): number;
}

export function createEntryPrinter(parts: readonly Part[]): EntryPrinter {
  const longest = parts.reduce((sum, { operations }) => sum + longestText(operations), slack);
  const steps = parts.map(({ of, operations }) => ({ ofKey: of === "key", operations }));
  return {
    longest,
    print(keys, key, values, value, out, start) {
      let at = start;
      for (const { ofKey, operations } of steps) {
        at = ofKey
          ? printOperations(operations, keys, key, out, at)
          : printOperations(operations, values, value, out, at);
      }
      return at;
    },
  };
}
