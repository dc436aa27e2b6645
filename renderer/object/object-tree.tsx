import { useMemo, useState } from "react";
import { Button, Input, SearchField, Tree, TreeItem, TreeItemContent } from "react-aria-components";
import type { ObjectTree } from "../../protocol/views.ts";
import { baseName } from "../editor/open-sources.ts";
import { revealSource } from "../editor/reveal.ts";
import { useApp } from "../session/use-app.tsx";
import { type ObjectRow, rowsOf, shownRows, thinOut } from "./tree-of.ts";

const open = ["programs", "maps"];

/** Sections, programs, maps, globals and types. Enter or a double click goes to the place in C, where one is known. */
export function ObjectTreeView({ tree }: { readonly tree: ObjectTree }): React.ReactNode {
  const app = useApp();
  const [filter, setFilter] = useState("");
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set(open));
  const all = useMemo(() => rowsOf(tree), [tree]);
  const rows = useMemo(() => thinOut(all, filter), [all, filter]);
  const filtered = filter.trim() !== "";
  // what is found below a branch or a row is seen at once
  const keys = filtered ? new Set([...expanded, ...rows.map(({ id }) => id)]) : expanded;
  const act = (id: string): void => {
    const found = find(rows, id);
    if (found === null) return;
    if (found.at !== null) {
      void revealSource(app, found.at.file, { line: Math.max(1, found.at.line), column: 1 });
      return;
    }
    if (found.rows.length === 0) return;
    const next = new Set(expanded);
    if (!next.delete(id)) next.add(id);
    setExpanded(next);
  };
  return (
    <div className="object-tree">
      <div className="strip">
        <SearchField aria-label="Filter the object" value={filter} onChange={setFilter}>
          <Input className="input" placeholder="Filter" />
        </SearchField>
        <span className="grow" />
        <span className="dim cut">
          {tree.format} · {tree.license === "" ? "no license" : `license ${tree.license}`}
        </span>
      </div>
      <Tree
        aria-label={`Object of ${baseName(tree.path)}`}
        className="tree object-rows"
        selectionMode="single"
        selectionBehavior="replace"
        expandedKeys={keys}
        onExpandedChange={(now) => setExpanded(new Set([...now].map(String)))}
        onAction={(key) => act(String(key))}
        renderEmptyState={() => <p className="empty-line">Nothing is called that.</p>}
      >
        {rows.map((branch) => (
          <Row key={branch.id} row={branch} />
        ))}
      </Tree>
      {tree.notes.map((note) => (
        <p key={note} className="empty-line mid">
          {note}
        </p>
      ))}
    </div>
  );
}

function Row({ row }: { readonly row: ObjectRow }): React.ReactNode {
  const { id, name, note, size, at, rows, code } = row;
  const place = at === null ? "" : `${baseName(at.file)}:${at.line}`;
  return (
    <TreeItem
      id={id}
      textValue={[name, note, size].filter((word) => word !== "").join(", ")}
      hasChildItems={rows.length > 0}
      className={code ? "line tree-line object-line" : "line tree-line object-line plain"}
    >
      <TreeItemContent>
        {rows.length > 0 ? (
          <Button slot="chevron" className="chevron" aria-label={name}>
            <span className="codicon codicon-chevron-right" aria-hidden="true" />
          </Button>
        ) : (
          <span className="chevron" aria-hidden="true" />
        )}
        <span className="grow cut" title={`${name} ${note}`}>
          <span className="object-name">{name}</span> <span className="dim">{note}</span>
        </span>
        {place !== "" && <span className="dim place">{place}</span>}
        <span className="mid number size">{size}</span>
      </TreeItemContent>
      {rows.slice(0, shownRows).map((child) => (
        <Row key={child.id} row={child} />
      ))}
      {rows.length > shownRows && (
        <TreeItem id={`${id} more`} textValue="more" className="line tree-line object-line plain">
          <TreeItemContent>
            <span className="chevron" aria-hidden="true" />
            <span className="dim">{rows.length - shownRows} more: the filter finds them</span>
          </TreeItemContent>
        </TreeItem>
      )}
    </TreeItem>
  );
}

function find(rows: readonly ObjectRow[], id: string): ObjectRow | null {
  for (const one of rows) {
    const found = one.id === id ? one : find(one.rows, id);
    if (found !== null) return found;
  }
  return null;
}
