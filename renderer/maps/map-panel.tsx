import { useEffect, useState } from "react";
import { Button } from "react-aria-components";
import { useApp, useSession } from "../session/use-app.tsx";
import { count } from "../verify/sizes.ts";
import { AddEntryForm } from "./add-entry-form.tsx";
import { deleteWithQuestion } from "./delete-with-question.ts";
import { MapGrid } from "./map-grid.tsx";
import type { MapTab, MapView } from "./map-view.ts";
import { watchMap } from "./open-map.ts";
import { whenAddEntryRequested } from "./request-add-entry.ts";
import { mapTitle, variableSection } from "./variable-maps.ts";
import { VariablesGrid } from "./variables-grid.tsx";

/** Redirect targets and program arrays are only ever written from outside. */
function writtenByPrograms(type: string): boolean {
  return !/^(devmap|devmap_hash|cpumap|xskmap|prog_array)$/.test(type);
}

/** One map as a table: live, and editable where the kernel allows it. */
export function MapPanel({ tab }: { readonly tab: string }): React.ReactNode {
  const app = useApp();
  const open = useSession(({ mapTabs }) => mapTabs.find((one) => one.tab === tab));
  const view = useSession(({ mapTabs, mapViews }) => {
    const id = mapTabs.find((one) => one.tab === tab)?.id;
    return id === undefined ? undefined : mapViews.get(id);
  });
  if (open === undefined) return null;
  if (view === undefined) return <p className="empty">Reading {mapTitle(open)}…</p>;
  if (view.table === null) {
    return (
      <div className="empty">
        <p>
          {mapTitle(open)} (id {open.id}) cannot be read: {view.gone}
        </p>
        <Button className="button" onPress={() => void watchMap(app, open.id)}>
          Try again
        </Button>
      </div>
    );
  }
  return <OpenMap tab={open} view={view} />;
}

function OpenMap({ tab, view }: { readonly tab: MapTab; readonly view: MapView }): React.ReactNode {
  const app = useApp();
  const [adding, setAdding] = useState(false);
  const [selected, setSelected] = useState<string | null>(null);
  const users = useSession(({ maps }) => maps?.find(({ id }) => id === tab.id)?.programs);
  const unused = users?.length === 0;
  const { table, gone } = view;
  const canAdd = table?.resizable === true && table.readOnly === null && gone === null;
  useEffect(() => whenAddEntryRequested(tab.tab, () => setAdding(true)), [tab.tab]);
  if (table === null) return null;
  const { map, total, rows, readOnly } = table;
  const section = variableSection(map.name);
  const row = selected === null ? undefined : rows[view.index.get(selected) ?? -1];
  return (
    <div className="map-panel">
      <div className="strip">
        <b>{mapTitle(map)}</b>
        <span className="dim cut">
          id {map.id} ·{" "}
          {section === null
            ? `${map.type.replaceAll("_", " ")} · key ${map.keySize} B · value ${map.valueSize} B`
            : `${map.valueSize} B`}
          {tab.place === null ? "" : ` · ${tab.place.name}`}
        </span>
        {unused && gone === null && <span className="tag warn">no program uses it</span>}
        <span className="grow" />
        {readOnly !== null && <span className="tag">read only: {readOnly}</span>}
        {section === null && (
          <span className="mid number" role="status" aria-label="Entries">
            {total > rows.length ? `first ${count(rows.length)} of ` : ""}
            {count(total)} / {count(map.maxEntries)} {map.maxEntries === 1 ? "entry" : "entries"}
          </span>
        )}
        {canAdd && (
          <>
            <Button className="button small" onPress={() => setAdding(true)}>
              Add entry
            </Button>
            <Button
              className="button small"
              isDisabled={row === undefined}
              onPress={() => row !== undefined && void deleteWithQuestion(app, tab, table, row)}
            >
              Delete entry
            </Button>
          </>
        )}
      </div>
      {gone !== null && (
        <p className="banner warn" role="status">
          {mapTitle(map)} is not followed any more: {gone}. The last values are shown.
        </p>
      )}
      {adding && canAdd && <AddEntryForm tab={tab} table={table} close={() => setAdding(false)} />}
      {rows.length === 0 ? (
        <p className="empty">
          {map.name} has no entries yet.{" "}
          {canAdd
            ? writtenByPrograms(map.type)
              ? "Add one with “Add entry”, or let packets make them."
              : "Add one with “Add entry”."
            : "They appear as the program writes them."}
        </p>
      ) : section !== null && rows.length === 1 ? (
        <VariablesGrid tab={tab} view={view} table={table} />
      ) : (
        <MapGrid tab={tab} view={view} table={table} onSelect={setSelected} />
      )}
    </div>
  );
}
