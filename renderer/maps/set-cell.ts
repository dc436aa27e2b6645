/** Writes one cell of an entry; the others keep what they have. */
import type { Column } from "../../protocol/maps.ts";
import type { App } from "../session/app.ts";
import { wordsOf } from "../session/failure-words.ts";
import type { MapTab } from "./map-view.ts";

/** Returns what is wrong with it, or null when it is written. */
export async function setCell(
  app: App,
  tab: MapTab,
  columns: readonly Column[],
  row: { readonly cells: readonly string[] },
  column: number,
  text: string,
): Promise<string | null> {
  const cells = columns.map(({ from }, index) => {
    if (index === column) return text;
    return from === "key" ? (row.cells[index] ?? null) : null;
  });
  return write(app, tab, cells, "exist");
}

export async function addEntry(app: App, tab: MapTab, cells: readonly string[]): Promise<string | null> {
  return write(app, tab, [...cells], "noexist");
}

async function write(
  app: App,
  tab: MapTab,
  cells: (string | null)[],
  when: "exist" | "noexist",
): Promise<string | null> {
  try {
    await app.request("maps.set", { id: tab.id, cells, when, netns: tab.place?.netns ?? null });
    return null;
  } catch (error) {
    return sentence(error);
  }
}

function sentence(error: unknown): string {
  const words = wordsOf(error);
  return words === null ? "cancelled" : [words.title, words.detail].filter((part) => part !== "").join(". ");
}
