import { useEffect, useRef, useState } from "react";
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import type { TreeLine, TreeState } from "../../protocol/tree.ts";
import type { TableKind } from "../../protocol/tree-words.ts";
import type { GridPrefs } from "../maps/grid-prefs.ts";
import type { RowsView } from "../maps/rows-view.ts";
import { Toggle } from "../maps/table-tools.tsx";
import { useApp } from "../session/use-app.tsx";
import { count } from "../verify/sizes.ts";
import { AddressPicture } from "./address-picture.tsx";
import { exactly, sayFound } from "./mark-words.ts";
import { TreeGrid } from "./tree-grid.tsx";
import { fold, openTree, reveal, type TreeWanted } from "./watch-tree.ts";

interface TreePanelProps {
  readonly view: RowsView;
  readonly prefs: GridPrefs;
  /** the entry that answers; a new object each time */
  readonly lit: { readonly key: string } | null;
  readonly onOpen: (line: TreeLine) => void;
}

/** The tree, and beside it the address space and what is to be said of the entries. */
export function TreePanel({ view, prefs, lit, onOpen }: TreePanelProps): React.ReactNode {
  const app = useApp();
  const { id, tree } = view.state;
  const kind: TableKind = view.face.prefixes?.of ?? "trie";
  const [wanted, setWanted] = useState<TreeWanted>({ marked: false, ignored: null });
  const [goTo, setGoTo] = useState<{ readonly line: number } | null>(null);
  const isOpen = tree !== null;
  const asked = useRef<TreeWanted | null>(null);
  useEffect(() => {
    // a table that was opened again has none yet
    if (isOpen && asked.current === wanted) return;
    asked.current = wanted;
    void openTree(app, id, wanted);
  }, [app, id, wanted, isOpen]);
  useEffect(() => {
    if (lit === null || !isOpen) return;
    void reveal(app, id, { key: lit.key }).then((line) => line !== null && setGoTo({ line }));
  }, [app, id, lit, isOpen]);
  if (tree === null) return <p className="empty">Growing the tree of {view.face.map.name}…</p>;
  const toBlock = (prefix: string): void => {
    void reveal(app, id, { prefix }).then((line) => line !== null && setGoTo({ line }));
  };
  return (
    <div className="tree-panel">
      <div className="tree-side">
        <AddressPicture view={view} onBlock={toBlock} />
        <section aria-label="To be said">
          <h3>To be said</h3>
          <Found tree={tree} kind={kind} />
          <div className="tree-deeds">
            <Toggle title="Only these" on={wanted.marked} set={(marked) => setWanted({ ...wanted, marked })} />
            <Compared view={view} tree={tree} set={(ignored) => setWanted({ ...wanted, ignored })} />
          </div>
          <p className="dim">{exactly[kind]}</p>
        </section>
      </div>
      <div className="tree-main">
        <div className="strip tree-strip">
          <span className="mid" role="status" aria-label="Prefixes">
            {count(tree.passing)} of {count(tree.nodes)} prefixes, {count(tree.lines)} unfolded
          </span>
          <span className="grow" />
          <Button className="button small" onPress={() => void fold(app, id, null, false)}>
            Unfold all
          </Button>
          <Button className="button small" onPress={() => void fold(app, id, null, true)}>
            Fold all
          </Button>
        </div>
        <TreeGrid {...{ view, prefs, goTo, onOpen }} lit={lit?.key ?? null} />
      </div>
    </div>
  );
}

function Found({ tree, kind }: { readonly tree: TreeState; readonly kind: TableKind }): React.ReactNode {
  const lines = sayFound(tree, kind);
  if (lines.length === 0) return <p className="mid">Every entry answers, and says something of its own.</p>;
  return (
    <ul className="tree-found">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

interface ComparedProps {
  readonly view: RowsView;
  readonly tree: TreeState;
  readonly set: (ignored: readonly string[]) => void;
}

/** Which columns make two entries say the same. */
function Compared({ view, tree, set }: ComparedProps): React.ReactNode {
  const columns = view.face.columns.filter(({ from }) => from === "value").map(({ path }) => path);
  const compared = columns.filter((path) => !tree.ignored.includes(path));
  const title = compared.length === columns.length ? "all columns" : compared.join(", ") || "nothing";
  return (
    <MenuTrigger>
      <Button className="button small" aria-label={`Compared: ${title}`}>
        <span className="cut">Compared: {title}</span>
      </Button>
      <Popover className="popover" placement="bottom start" offset={2}>
        <Menu
          className="menu"
          aria-label="Columns that are compared"
          selectionMode="multiple"
          selectedKeys={compared}
          onSelectionChange={(chosen) => set(chosen === "all" ? [] : columns.filter((path) => !chosen.has(path)))}
        >
          {columns.map((path) => (
            <MenuItem key={path} id={path} className="menu-item" textValue={path}>
              {path} <span aria-hidden="true">{compared.includes(path) ? "✓" : ""}</span>
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
