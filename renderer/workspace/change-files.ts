/** New, renamed, copied and deleted files of the workspace, with what is open of them. */
import { Failed } from "../../protocol/failures.ts";
import { closeSource } from "../editor/close-source.ts";
import { dropDraft, keepDraft } from "../editor/drafts.ts";
import { changeSource, baseName } from "../editor/open-sources.ts";
import { openSource } from "../editor/open-source.ts";
import { revealSource } from "../editor/reveal.ts";
import { isDirty, textAt, wholeText } from "../editor/texts.ts";
import type { App } from "../session/app.ts";
import { ask } from "../session/ask.ts";
import { showDialog } from "../session/dialog.ts";
import { wordsOf } from "../session/failure-words.ts";
import { notifyFailure } from "../session/notices.ts";
import { expandTo, readFolder } from "./open-workspace.ts";
import { revealInTree } from "./reveal-in-tree.ts";
import { isWithin, parentOf, relativeTo, typedPath } from "./workspace-view.ts";

const top = { line: 1, column: 1 };
const noName = "give a name: of a file, with its folders where it is to lie in some";

/** `folder`: where it goes unless the typed name says otherwise */
export function newEntry(app: App, kind: "file" | "folder", folder: string | null): void {
  const root = rootOf(app);
  if (root === null) return;
  const start = folder === null || folder === root ? "" : `${relativeTo(root, folder)}/`;
  showDialog(app, {
    kind: "naming",
    title: kind === "file" ? "New file" : "New folder",
    label: `Name, in ${root}`,
    value: start,
    chosen: [start.length, start.length],
    button: "Create",
    submit: async (typed) => {
      const path = typedPath(root, kind === "folder" ? typed.replace(/\/+$/, "") : typed);
      if (path === null) return noName;
      const wrong = await whatIsWrong(app.request("workspace.create", { path, kind }));
      if (wrong !== null) return wrong;
      await refreshAround(app, path);
      await expandTo(app, path);
      return () => void (kind === "file" ? revealSource(app, path, top) : revealInTree(app, path));
    },
  });
}

export function renameEntry(app: App, path: string): void {
  const root = rootOf(app);
  if (root === null || path === root) return;
  const value = relativeTo(root, path);
  const from = value.lastIndexOf("/") + 1;
  const dot = value.indexOf(".", from + 1);
  showDialog(app, {
    kind: "naming",
    title: `Rename ${baseName(path)}`,
    label: `New name, in ${root}`,
    value,
    chosen: [from, dot < 0 ? value.length : dot],
    button: "Rename",
    submit: async (typed) => {
      const to = typedPath(root, typed);
      if (to === null) return noName;
      if (to === path) return null;
      const wrong = await whatIsWrong(app.request("workspace.rename", { from: path, to }));
      if (wrong !== null) return wrong;
      await followRename(app, path, to);
      await refreshAround(app, path);
      await refreshAround(app, to);
      return () => void revealInTree(app, to);
    },
  });
}

/** What is open goes on under its new name, unsaved text included. */
async function followRename(app: App, from: string, to: string): Promise<void> {
  const { sources, active } = app.store.get();
  let shown: string | null = null;
  for (const source of sources.filter(({ path }) => isWithin(from, path))) {
    const path = to + source.path.slice(from.length);
    const text = textAt(source.path);
    if (text !== undefined && isDirty(text)) {
      await keepDraft(app, { path, text: wholeText(text), basedOn: source.version, at: Date.now() });
    }
    if (source.path === active) shown = path;
    await closeUnasked(app, source.path);
    await openSource(app, path);
  }
  if (shown !== null) await openSource(app, shown);
}

async function closeUnasked(app: App, path: string): Promise<void> {
  const text = textAt(path);
  if (text !== undefined) text.saved = text.model.getAlternativeVersionId();
  changeSource(app, path, { dirty: false });
  await closeSource(app, path);
}

export async function deleteEntry(app: App, path: string): Promise<void> {
  const root = rootOf(app);
  if (root === null || path === root) return;
  const open = app.store.get().sources.filter((source) => isWithin(path, source.path));
  const unsaved = open.filter(({ dirty }) => dirty);
  const answer = await ask(app, {
    title: `Delete ${relativeTo(root, path)}?`,
    body: `${path} goes to the trash.${unsaved.length === 0 ? "" : ` Unsaved text of ${unsaved.map((one) => baseName(one.path)).join(", ")} is lost.`}`,
    choices: [{ id: "delete", title: "Move to the trash", danger: true }],
  });
  if (answer !== "delete" || !(await remove(app, path))) return;
  for (const { path: one } of open) {
    dropDraft(app, one);
    await closeUnasked(app, one);
  }
  await refreshAround(app, path);
}

async function remove(app: App, path: string): Promise<boolean> {
  try {
    await app.request("workspace.delete", { path, forEver: false });
    return true;
  } catch (error) {
    if (!(error instanceof Failed) || error.failure.kind !== "unsupported") {
      notifyFailure(app, `delete ${path}`, error);
      return false;
    }
    const answer = await ask(app, {
      title: `Delete ${baseName(path)} for ever?`,
      body: error.message,
      choices: [{ id: "delete", title: "Delete for ever", danger: true }],
    });
    if (answer !== "delete") return false;
    const wrong = await whatIsWrong(app.request("workspace.delete", { path, forEver: true }));
    if (wrong !== null) notifyFailure(app, `delete ${path}`, new Error(wrong));
    return wrong === null;
  }
}

/** The shown text under another name; the tab goes on with that one. */
export function saveAs(app: App, path: string): void {
  const folder = parentOf(path);
  const name = baseName(path);
  const from = folder.length + 1;
  showDialog(app, {
    kind: "naming",
    title: `Save ${name} as`,
    label: "Path",
    value: path,
    chosen: [from, from + (name.indexOf(".") < 1 ? name.length : name.indexOf("."))],
    button: "Save",
    submit: async (typed) => {
      const to = typedPath(rootOf(app) ?? folder, typed);
      if (to === null) return noName;
      const text = textAt(path);
      if (text === undefined) return null;
      const params = { path: to, text: wholeText(text), basedOn: null };
      try {
        await app.request("source.save", { ...params, onlyNew: true });
      } catch (error) {
        if (!(error instanceof Failed) || error.failure.kind !== "name-taken") return wordsOf(error)?.title ?? null;
        if (to === path) return "that is the file itself: Ctrl+S saves it";
        return () => void replaceFile(app, path, to, params);
      }
      return () => void goOnAs(app, path, to);
    },
  });
}

async function replaceFile(
  app: App,
  path: string,
  to: string,
  params: { readonly path: string; readonly text: string; readonly basedOn: null },
): Promise<void> {
  const answer = await ask(app, {
    title: `Replace ${baseName(to)}?`,
    body: `${to} is there already. What it holds is lost.`,
    choices: [{ id: "replace", title: "Replace it", danger: true }],
  });
  if (answer !== "replace") return;
  const wrong = await whatIsWrong(app.request("source.save", params));
  if (wrong === null) await goOnAs(app, path, to);
  else notifyFailure(app, `save ${to}`, new Error(wrong));
}

async function goOnAs(app: App, path: string, to: string): Promise<void> {
  dropDraft(app, to);
  await closeUnasked(app, path);
  await closeUnasked(app, to);
  await revealSource(app, to, top);
  await refreshAround(app, to);
}

async function refreshAround(app: App, path: string): Promise<void> {
  const { now, folders } = app.store.get().workspace;
  if (now === null) return;
  // a new file may have made the folders above it
  let folder = parentOf(path);
  while (folder !== now.folder && isWithin(now.folder, folder) && !folders.has(folder)) folder = parentOf(folder);
  await readFolder(app, folder);
}

function rootOf(app: App): string | null {
  return app.store.get().workspace.now?.folder ?? null;
}

async function whatIsWrong(run: Promise<unknown>): Promise<string | null> {
  try {
    await run;
    return null;
  } catch (error) {
    const words = wordsOf(error);
    return words === null ? null : [words.title, words.detail].filter(Boolean).join(". ");
  }
}
