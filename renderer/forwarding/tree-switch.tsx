import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import type { RowsMatched, TreeLine } from "../../protocol/tree.ts";
import type { GridPrefs } from "../maps/grid-prefs.ts";
import type { MapTab } from "../maps/map-view.ts";
import type { RowsView } from "../maps/rows-view.ts";
import { useApp } from "../session/use-app.tsx";
import { treeKey, whenTreeRequested } from "./request-tree.ts";
import { closeTree } from "./watch-tree.ts";

interface Lit {
  readonly key: string;
  /** where the table shows it */
  readonly row: number | null;
}

export interface GoTo {
  readonly row: number;
  /** takes the focus there */
  readonly focus?: boolean;
}

interface UsedTree {
  readonly isShown: boolean;
  readonly show: (isTree: boolean) => void;
  /** the entry that answers for the address that was asked for */
  readonly lit: Lit | null;
  readonly match: (found: RowsMatched["found"]) => void;
  /** from the tree to the row of the table */
  readonly goToRow: (line: TreeLine) => void;
}

/** A table of prefixes is shown as a tree, or flat: what was found in one is found in the other. */
export function useTree(
  tab: MapTab,
  { face, state }: RowsView,
  prefs: GridPrefs,
  onPrefs: (change: Partial<GridPrefs>) => void,
  goTo: (place: GoTo) => void,
): UsedTree {
  const app = useApp();
  const { id } = state;
  const [lit, setLit] = useState<Lit | null>(null);
  const isShown = face.prefixes !== null && prefs.tree;
  useEffect(() => whenTreeRequested(tab.tab, () => onPrefs({ tree: !prefs.tree })), [tab.tab, prefs.tree, onPrefs]);
  const hasTree = state.tree !== null;
  useEffect(() => {
    if (!isShown && hasTree) void closeTree(app, id);
  }, [app, id, isShown, hasTree]);
  const was = useRef(isShown);
  useEffect(() => {
    if (was.current === isShown) return;
    was.current = isShown;
    if (isShown) return;
    // who was in the tree goes on in the table
    const focus = document.activeElement === document.body;
    if (focus || lit !== null) goTo({ row: lit?.row ?? 0, focus });
  }, [isShown, lit, goTo]);
  return {
    isShown,
    show: (tree) => onPrefs({ tree }),
    lit,
    match(found) {
      setLit(found === null ? null : { key: found.key, row: found.row });
      if (found !== null && found.row !== null) goTo({ row: found.row });
    },
    goToRow(line) {
      const keys = face.columns.filter(({ from }) => from === "key").length;
      app.request("rows.key", { id, cells: line.cells.slice(0, keys) }).then(
        ({ row }) => {
          setLit({ key: line.key, row });
          onPrefs({ tree: false });
        },
        // gone meanwhile: the table says so
        () => onPrefs({ tree: false }),
      );
    },
  };
}

export function TreeSwitch(props: {
  readonly isTree: boolean;
  readonly set: (isTree: boolean) => void;
}): React.ReactNode {
  const choice = (title: string, isTree: boolean, icon: string): React.ReactNode => (
    <Button
      className={props.isTree === isTree ? "button small on" : "button small"}
      aria-pressed={props.isTree === isTree}
      onPress={() => props.set(isTree)}
    >
      <span className={`codicon codicon-${icon}`} aria-hidden="true" /> {title}
    </Button>
  );
  return (
    <span className="tree-switch" role="group" aria-label="Entries as" title={`${treeKey} goes from one to the other`}>
      {choice("Table", false, "table")}
      {choice("Tree", true, "list-tree")}
    </span>
  );
}
