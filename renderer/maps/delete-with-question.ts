/** Deletes an entry when the user confirms it. */
import type { Column, MapSummary } from "../../protocol/maps.ts";
import type { App } from "../session/app.ts";
import { ask } from "../session/ask.ts";
import { notify } from "../session/notices.ts";
import type { MapTab } from "./map-view.ts";
import { deleteEntry } from "./set-cell.ts";
import { readRowsNow } from "./watch-rows.ts";

export async function deleteWithQuestion(
  app: App,
  tab: MapTab,
  table: { readonly map: Pick<MapSummary, "name">; readonly columns: readonly Column[] },
  row: { readonly key: string; readonly cells: readonly string[] },
): Promise<void> {
  const key = table.columns
    .map(({ from, path }, index) => (from === "key" ? `${path} ${row.cells[index] ?? ""}` : ""))
    .filter((part) => part !== "")
    .join(", ");
  const answer = await ask(app, {
    title: `Delete the entry ${key} of ${table.map.name}?`,
    body: "The program stops seeing it at once. There is no undo.",
    choices: [{ id: "delete", title: "Delete", danger: true }],
  });
  if (answer !== "delete") return;
  const failed = await deleteEntry(app, tab, row);
  if (failed !== null)
    notify(app, { kind: "error", title: `Could not delete the entry ${key} of ${table.map.name}`, detail: failed });
  await readRowsNow(app, tab.id);
}
