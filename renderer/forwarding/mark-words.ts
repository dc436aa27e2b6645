/** What is found in a forwarding table, counted and explained. */
import type { TreeState } from "../../protocol/tree.ts";
import type { TableKind } from "../../protocol/tree-words.ts";
import { count } from "../verify/sizes.ts";

/** How many there are of each; nothing where there is nothing. */
export function sayFound({ found, nodes }: TreeState, kind: TableKind): readonly string[] {
  const many = (number: number, one: string, more: string): readonly string[] =>
    number === 0 ? [] : [`${count(number)} ${number === 1 ? one : more}`];
  const lines = [
    ...many(
      found.never,
      "never answers: more specific entries cover all of it",
      "never answer: more specific entries cover all of each",
    ),
    ...many(
      found.same,
      "says the same as the next less specific entry",
      "say the same as the next less specific entry",
    ),
    ...many(found.duplicate, "is the same prefix as another key", "are the same prefix as another key"),
    ...many(found.tooLong, "is longer than an address", "are longer than an address"),
    ...(kind === "hash"
      ? many(
          found.hostBits,
          "has bits beyond its length: who masks the address first never finds it",
          "have bits beyond their length: who masks the address first never finds them",
        )
      : []),
  ];
  if (found.spare > 0) {
    lines.push(
      found.spare === 1
        ? "1 may go, and no address gets another answer"
        : `${count(found.spare)} of ${count(nodes)} may go together, and no address gets another answer`,
    );
  }
  return lines;
}

/** What the words mean, exactly. */
export const exactly: Readonly<Record<TableKind, string>> = {
  trie: "Of look-ups of whole addresses. A look-up of a shorter prefix can be answered by an entry that never answers for an address. A trie has no duplicates: the kernel takes keys that differ only beyond their length for one.",
  hash: "As a program sees it that tries the longest length first, with the address masked to it.",
};
