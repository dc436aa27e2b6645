import { useState } from "react";
import {
  Button,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  Separator,
  Tree,
  TreeItem,
  TreeItemContent,
} from "react-aria-components";
import { openSource } from "../editor/open-source.ts";
import type { OpenSource } from "../editor/open-sources.ts";
import { showDialog } from "../session/dialog.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { tagOf } from "../verify/verdict-words.ts";
import { deleteEntry, newEntry, renameEntry } from "./change-files.ts";
import { openWorkspace, setExpanded } from "./open-workspace.ts";
import { revealInTree } from "./reveal-in-tree.ts";
import { parentOf, relativeTo, shownEntries, type TreeEntry, treeOf } from "./workspace-view.ts";

/** The files of the workspace. Enter opens, F2 renames, Delete deletes; the rest is in its menu. */
export function WorkspaceTree(): React.ReactNode {
  const app = useApp();
  const view = useSession((state) => state.workspace);
  const sources = useSession((state) => state.sources);
  const active = useSession((state) => state.active);
  // what the menu is about: the entry that had the focus last
  const [meant, setMeant] = useState<string | null>(null);
  const [menu, setMenu] = useState(false);
  const { now } = view;
  if (now === null) return null;
  const entries = treeOf(view, now.folder);
  const root = view.folders.get(now.folder);
  const isFolder = (path: string): boolean => view.folders.has(path) || find(entries, path)?.folder === true;
  const target = meant !== null && find(entries, meant) !== null ? meant : null;
  const targetFolder = target === null ? now.folder : isFolder(target) ? target : parentOf(target);
  const act = (key: string): void => {
    // after the menu has given the focus back, so that what it opens can take it
    setTimeout(() => {
      if (key === "new-file") newEntry(app, "file", targetFolder);
      else if (key === "new-folder") newEntry(app, "folder", targetFolder);
      else if (key === "rename" && target !== null) renameEntry(app, target);
      else if (key === "delete" && target !== null) void deleteEntry(app, target);
      else if (key === "reveal" && active !== null) void revealInTree(app, active);
      else if (key === "open-folder") showDialog(app, { kind: "folder" });
      else if (key === "usual") void openWorkspace(app, null);
    });
  };
  return (
    <section className="workspace">
      <div className="lists-head">
        <h2 title={now.folder}>Workspace</h2>
        <MenuTrigger isOpen={menu} onOpenChange={setMenu}>
          <Button className="icon-button small" aria-label="Workspace menu">
            <span className="codicon codicon-ellipsis" aria-hidden="true" />
          </Button>
          <Popover className="popover" placement="bottom end">
            <Menu
              className="menu"
              aria-label="Workspace menu"
              onAction={(key) => act(String(key))}
              disabledKeys={[
                ...(target === null ? ["rename", "delete"] : []),
                ...(active === null ? ["reveal"] : []),
                ...(now.folder === now.usual ? ["usual"] : []),
              ]}
            >
              <Item id="new-file" title="New file…" note={noteOf(now.folder, targetFolder)} />
              <Item id="new-folder" title="New folder…" note={noteOf(now.folder, targetFolder)} />
              <Separator className="menu-line" />
              <Item
                id="rename"
                title={target === null ? "Rename…" : `Rename ${relativeTo(now.folder, target)}…`}
                note="F2"
              />
              <Item
                id="delete"
                title={target === null ? "Delete…" : `Delete ${relativeTo(now.folder, target)}…`}
                note="Delete"
              />
              <Item id="reveal" title="Show the edited file here" note="" />
              <Separator className="menu-line" />
              <Item id="open-folder" title="Open folder…" note="" />
              <Item id="usual" title="Open the usual workspace" note="" />
            </Menu>
          </Popover>
        </MenuTrigger>
      </div>
      {now.trouble !== null && (
        <p className="empty-line bad-text" role="alert">
          {now.trouble}
        </p>
      )}
      {/* the tree's own element takes no handlers of these; what has the focus is a row of it */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        data-tree="workspace"
        onFocus={({ target: focused }) => setMeant(pathOf(focused))}
        onContextMenu={(event) => {
          const path = pathOf(event.target);
          if (path === null) return;
          event.preventDefault();
          setMeant(path);
          setMenu(true);
        }}
        onKeyDownCapture={(event) => {
          const path = pathOf(event.target);
          if (path === null || event.ctrlKey || event.altKey || event.shiftKey) return;
          if (event.key === "F2") renameEntry(app, path);
          else if (event.key === "Delete") void deleteEntry(app, path);
          else if (event.key === "ContextMenu") setMenu(true);
          else return;
          event.preventDefault();
        }}
      >
        <Tree
          aria-label="Workspace"
          className="tree"
          selectionMode="none"
          expandedKeys={view.expanded}
          onExpandedChange={(keys) => setExpanded(app, new Set([...keys].map(String)))}
          onAction={(key) => {
            const path = String(key);
            if (!isFolder(path)) void openSource(app, path);
            else {
              const expanded = new Set(view.expanded);
              if (!expanded.delete(path)) expanded.add(path);
              setExpanded(app, expanded);
            }
          }}
          renderEmptyState={() =>
            now.trouble === null && (
              <p className="empty-line">
                {root === undefined ? "Not read yet." : "Empty: start with a template or a new file."}
              </p>
            )
          }
        >
          {entries.map((entry) => (
            <Row key={entry.path} entry={entry} sources={sources} active={active} />
          ))}
        </Tree>
      </div>
      {root !== undefined && "entries" in root && root.entries.length > shownEntries && (
        <p className="empty-line">More are there: Ctrl+P finds them by name.</p>
      )}
    </section>
  );
}

interface RowProps {
  readonly entry: TreeEntry;
  readonly sources: readonly OpenSource[];
  readonly active: string | null;
}

function Row({ entry, sources, active }: RowProps): React.ReactNode {
  const { path, name, folder, children } = entry;
  const source = sources.find((open) => open.path === path);
  const tag = source === undefined ? null : tagOf(source);
  return (
    <TreeItem
      id={path}
      textValue={name}
      hasChildItems={folder}
      className={path === active ? "line tree-line chosen" : "line tree-line"}
    >
      <TreeItemContent>
        {folder ? (
          <Button slot="chevron" className="chevron" aria-label={`Folder ${name}`}>
            <span className="codicon codicon-chevron-right" aria-hidden="true" />
          </Button>
        ) : (
          <span className="chevron" aria-hidden="true" />
        )}
        <span className="grow cut" title={path}>
          {name}
          {path === active && <span className="unseen"> shown</span>}
          {source?.dirty === true && (
            <span title="unsaved">
              {" "}
              <span aria-hidden="true">●</span>
              <span className="unseen">unsaved</span>
            </span>
          )}
        </span>
        {tag !== null && <span className={`tag ${tag.tone}`}>{tag.text}</span>}
      </TreeItemContent>
      {children?.map((child) => (
        <Row key={child.path} entry={child} sources={sources} active={active} />
      ))}
    </TreeItem>
  );
}

function Item({ id, title, note }: { readonly id: string; readonly title: string; readonly note: string }) {
  return (
    <MenuItem id={id} className="menu-item" textValue={title}>
      <span className="label">{title}</span>
      {note !== "" && <kbd aria-hidden="true">{note}</kbd>}
    </MenuItem>
  );
}

function noteOf(root: string, folder: string): string {
  return folder === root ? "" : relativeTo(root, folder);
}

function find(entries: readonly TreeEntry[], path: string): TreeEntry | null {
  for (const entry of entries) {
    if (entry.path === path) return entry;
    if (path.startsWith(`${entry.path}/`)) return find(entry.children ?? [], path);
  }
  return null;
}

function pathOf(element: EventTarget): string | null {
  return element instanceof HTMLElement
    ? (element.closest<HTMLElement>("[data-tree] [data-key]")?.dataset["key"] ?? null)
    : null;
}
