import { useCallback, useEffect, useMemo, useState } from "react";
import { Button } from "react-aria-components";
import { useApp, useSession } from "../session/use-app.tsx";
import { count } from "../verify/sizes.ts";
import { applyStaged, redoInMap, undoInMap } from "../staged/apply-staged.ts";
import { pasteRows } from "../staged/edit-rows.ts";
import { StagedBar } from "../staged/staged-bar.tsx";
import { stageRemovals } from "../staged/stage-edits.ts";
import { MatchBar } from "../forwarding/match-bar.tsx";
import { TreePanel } from "../forwarding/tree-panel.tsx";
import { type GoTo, TreeSwitch, useTree } from "../forwarding/tree-switch.tsx";
import { Breadcrumb, InnerMapTools, NewInner } from "../machine-maps/inner-map.tsx";
import { MapTools } from "../machine-maps/map-tools.tsx";
import { UnlistedPanel } from "../machine-maps/unlisted-panel.tsx";
import { AddEntryForm } from "./add-entry-form.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { FindBar } from "./find-bar.tsx";
import { gridColumns } from "./grid-columns.ts";
import { type GridPrefs, readPrefs, writePrefs } from "./grid-prefs.ts";
import { MapGrid } from "./map-grid.tsx";
import type { MapTab } from "./map-view.ts";
import { PickContext, type PickSource } from "./picking.tsx";
import { whenAddEntryRequested } from "./request-add-entry.ts";
import type { RowsView } from "./rows-view.ts";
import { GoneBanner } from "./section-panel.tsx";
import { TableTools } from "./table-tools.tsx";
import { readRowsNow } from "./watch-rows.ts";

/** Redirect targets and program arrays are only ever written from outside. */
function writtenByPrograms(type: string): boolean {
  return !/^(devmap|devmap_hash|cpumap|xskmap|prog_array)$/.test(type);
}

/** A handful of rows is seen at a glance. */
const worthFiltering = 12;

interface Selected {
  readonly key: string;
  readonly cells: readonly string[];
}

export function TablePanel({ tab, view }: { readonly tab: MapTab; readonly view: RowsView }): React.ReactNode {
  const app = useApp();
  const { face, state, gone } = view;
  const { map, readOnly } = face;
  const [adding, setAdding] = useState(false);
  const [makingInner, setMakingInner] = useState(false);
  const [selected, setSelected] = useState<{ readonly row: Selected | null; readonly place: number }>({
    row: null,
    place: 0,
  });
  const [goTo, setGoTo] = useState<GoTo | null>(null);
  const [prefs, setPrefs] = useState<GridPrefs>(() => readPrefs(map.name));
  const unused = useSession(({ maps }) => maps?.find(({ id }) => id === tab.id)?.programs.length === 0);
  const large =
    face.unlisted === null && (state.total > worthFiltering || view.filter !== "" || face.prefixes !== null);
  const canAdd = face.resizable && readOnly === null && gone === null;
  useEffect(() => whenAddEntryRequested(tab.tab, () => setAdding(true)), [tab.tab]);
  const onPrefs = useCallback(
    (change: Partial<GridPrefs>): void => {
      setPrefs((now) => {
        const next = { ...now, ...change };
        writePrefs(map.name, next);
        return next;
      });
    },
    [map.name],
  );
  const onSelect = useCallback((row: Selected | null, place: number) => setSelected({ row, place }), []);
  const netns = tab.place?.netns ?? null;
  const picks = useMemo(
    (): PickSource => ({ id: tab.id, netns, columns: face.columns }),
    [tab.id, netns, face.columns],
  );
  const tree = useTree(tab, view, prefs, onPrefs, setGoTo);
  const { row } = selected;
  // before a button takes Enter for itself
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (!isIn(event)) return;
    const { key, ctrlKey, shiftKey, altKey } = event;
    if (!ctrlKey || altKey || event.target instanceof HTMLInputElement) return;
    const pressed = key.toLowerCase();
    if (pressed === "enter") void applyStaged(app, tab);
    else if (pressed === "y" || (pressed === "z" && shiftKey)) void redoInMap(app, tab);
    else if (pressed === "z") void undoInMap(app, tab);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  // in the grid it goes over the cell with the focus; beside it, below the last row
  const onPaste = (event: React.ClipboardEvent): void => {
    if (!isIn(event)) return;
    if (event.defaultPrevented || !canAdd || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    const columns = gridColumns(face.columns, [], 0, prefs);
    const text = event.clipboardData.getData("text/plain");
    void pasteRows(app, tab, view, columns, { row: state.shown, column: columns[0] ?? null }, text);
  };
  return (
    <PickContext value={picks}>
      {/* a click anywhere in it is where a paste goes */}
      <div className="map-panel" tabIndex={-1} onKeyDownCapture={onKeyDown} onPaste={onPaste}>
        <div className="strip">
          <Breadcrumb tab={tab} />
          <b>{map.name}</b>
          <span className="dim cut">
            id {map.id} · {map.type.replaceAll("_", " ")} · key {map.keySize} B · value {map.valueSize} B
            {tab.place === null ? "" : ` · ${tab.place.name}`}
          </span>
          {unused && gone === null && tab.outer === undefined && <span className="tag warn">no program uses it</span>}
          <span className="grow" />
          {readOnly !== null && face.unlisted === null && <span className="tag">read only: {readOnly}</span>}
          {face.unlisted === null && <EntriesLine view={view} />}
          {!large && face.unlisted === null && gone === null && (
            <TableTools view={view} prefs={prefs} onPrefs={onPrefs} />
          )}
          {canAdd && (
            <>
              <Button className="button small" onPress={() => setAdding(true)}>
                Add entry
              </Button>
              <Button
                className="button small"
                isDisabled={row === null}
                onPress={() => row !== null && void stageRemovals(app, tab, [row.key])}
              >
                Delete entry
              </Button>
            </>
          )}
          {face.holdsMaps && gone === null && (
            <InnerMapTools
              {...{ tab, face }}
              cells={row?.cells ?? null}
              making={canAdd ? makingInner : null}
              onMake={setMakingInner}
            />
          )}
          {gone === null && <MapTools id={tab.id} />}
        </div>
        {large && (
          <div className="strip table-tools">
            {face.prefixes !== null && <TreeSwitch isTree={tree.isShown} set={tree.show} />}
            <FilterBar view={view} />
            {face.prefixes?.of === "trie" && <MatchBar view={view} tab={tab.tab} onMatch={tree.match} />}
            <FindBar view={view} at={selected.place} onFound={(found) => setGoTo({ row: found })} />
            <TableTools view={view} prefs={prefs} onPrefs={onPrefs} />
          </div>
        )}
        <GoneBanner title={map.name} gone={gone} />
        {makingInner && canAdd && <NewInner {...{ tab, face }} close={() => setMakingInner(false)} />}
        {adding && canAdd && (
          <AddEntryForm tab={tab} table={face} added={() => readRowsNow(app, tab.id)} close={() => setAdding(false)} />
        )}
        {face.unlisted !== null ? (
          <UnlistedPanel face={face} />
        ) : state.shown === 0 ? (
          <Nothing view={view} canAdd={canAdd} />
        ) : tree.isShown ? (
          <TreePanel {...{ view, prefs }} lit={tree.lit} onOpen={tree.goToRow} />
        ) : (
          <MapGrid {...{ tab, view, prefs, onPrefs, onSelect, goTo }} lit={tree.lit?.key ?? null} />
        )}
        <StagedBar tab={tab} columns={face.columns} />
      </div>
    </PickContext>
  );
}

/** What happens in a dialog that a button here opens comes by as well: React hands it on to the button's parents. */
function isIn({ currentTarget, target }: React.SyntheticEvent): boolean {
  return target instanceof Node && currentTarget.contains(target);
}

function EntriesLine({ view: { state, face, filter } }: { readonly view: RowsView }): React.ReactNode {
  const { map } = face;
  const first = state.cut === null ? "" : `first ${count(state.cut)} of more: `;
  return (
    <span className="mid number" role="status" aria-label="Entries">
      {state.reading !== null && state.total > 0 ? "reading: " : ""}
      {first}
      {filter === "" ? "" : `${count(state.shown)} of `}
      {count(state.total)} / {count(map.maxEntries)} {map.maxEntries === 1 ? "entry" : "entries"}
    </span>
  );
}

function Nothing({ view, canAdd }: { readonly view: RowsView; readonly canAdd: boolean }): React.ReactNode {
  const { face, state, filter } = view;
  if (state.reading !== null) return <p className="empty">Reading {face.map.name}…</p>;
  if (state.total > 0)
    return (
      <p className="empty">
        No entry of {face.map.name} passes the filter {filter}
      </p>
    );
  return (
    <p className="empty">
      {face.map.name} has no entries yet.{" "}
      {canAdd
        ? writtenByPrograms(face.map.type)
          ? "Add one with “Add entry”, paste rows, or let packets make them."
          : "Add one with “Add entry”, or paste rows."
        : "They appear as the program writes them."}
    </p>
  );
}
