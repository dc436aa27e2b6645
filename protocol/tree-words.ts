/** What is found in a forwarding table, in words: for the window and the command line. */
import type { TreeLine } from "./tree.ts";

export type TableKind = "trie" | "hash";

export interface Said {
  readonly text: string;
  /** worth a look, or only worth knowing */
  readonly tone: "warn" | "plain";
}

/** Beside an entry. `kept`: the key as the map has it */
export function sayMarks(
  { marks, above }: Pick<TreeLine, "marks" | "above">,
  kept: string,
  kind: TableKind,
): readonly Said[] {
  const said: Said[] = [];
  const has = (mark: TreeLine["marks"][number]): boolean => marks.includes(mark);
  if (has("tooLong")) said.push({ text: "longer than an address: answers for none", tone: "warn" });
  if (has("duplicate")) said.push({ text: `the same prefix as ${above} above it`, tone: "warn" });
  if (has("never")) {
    const why = has("spare")
      ? "never answers: entries below cover it all"
      : "never answers while entries below that say the same are there";
    said.push({ text: why, tone: "warn" });
  }
  if (has("same")) said.push({ text: `says the same as ${above}`, tone: "warn" });
  if (has("hostBits"))
    said.push({
      text: kind === "trie" ? `kept as ${kept}` : hostBitsInHash(kept),
      tone: kind === "trie" ? "plain" : "warn",
    });
  return said;
}

function hostBitsInHash(kept: string): string {
  return `kept as ${kept}: who masks the address first never finds it`;
}
