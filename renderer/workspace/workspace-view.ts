/** What the window knows of the workspace's folders: the tree's state, and what of it is seen. */
import type { Directory } from "../../protocol/source.ts";
import type { WorkspaceState } from "../../protocol/workspace.ts";

/** null while it is read for the first time */
export type FolderView =
  | { readonly entries: Directory["entries"] }
  /** why it cannot be listed */
  | { readonly trouble: string };

export interface WorkspaceView {
  /** null until main told of it */
  readonly now: WorkspaceState | null;
  readonly folders: ReadonlyMap<string, FolderView>;
  readonly expanded: ReadonlySet<string>;
}

export const noWorkspace: WorkspaceView = { now: null, folders: new Map(), expanded: new Set() };

export interface TreeEntry {
  readonly path: string;
  readonly name: string;
  readonly folder: boolean;
  /** null: not read yet, or no folder */
  readonly children: readonly TreeEntry[] | null;
}

/** A folder of so many names is not browsed by looking; quick open finds the rest. */
export const shownEntries = 1000;

export function treeOf(view: WorkspaceView, folder: string): readonly TreeEntry[] {
  const found = view.folders.get(folder);
  if (found === undefined || !("entries" in found)) return [];
  return found.entries.slice(0, shownEntries).map(({ name, kind }) => {
    const path = joinPath(folder, name);
    const isFolder = kind === "directory";
    return { path, name, folder: isFolder, children: isFolder && view.folders.has(path) ? treeOf(view, path) : null };
  });
}

export function joinPath(folder: string, name: string): string {
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}

/** Below the folder, or the folder itself. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** As it is called from the workspace; absolute where it lies elsewhere. */
export function relativeTo(folder: string, path: string): string {
  return path !== folder && isWithin(folder, path) ? path.slice(folder.length + (folder.endsWith("/") ? 0 : 1)) : path;
}

/** What the user typed: absolute, or from the workspace; null where it names nothing in particular. */
export function typedPath(folder: string, typed: string): string | null {
  const text = typed.trim();
  if (text === "" || text.endsWith("/") || text.includes("\0")) return null;
  const parts: string[] = [];
  for (const part of (text.startsWith("/") ? text : joinPath(folder, text)).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.length === 0 ? null : `/${parts.join("/")}`;
}
