/** Opens a folder as workspace, and reads the folders of its tree. */
import type { App } from "../session/app.ts";
import { wordsOf } from "../session/failure-words.ts";
import { notifyFailure } from "../session/notices.ts";
import { readSetting, writeSetting } from "../session/settings.ts";
import { isWithin, parentOf, type WorkspaceView } from "./workspace-view.ts";

function change(app: App, patch: Partial<WorkspaceView>): void {
  app.store.set({ workspace: { ...app.store.get().workspace, ...patch } });
}

/** Asks main what is open, at the start and after a lost connection. */
export async function readWorkspace(app: App): Promise<void> {
  const now = await app.request("workspace.describe", {});
  const before = app.store.get().workspace;
  const expanded = before.now?.folder === now.folder ? before.expanded : rememberedExpanded(now.folder);
  change(app, { now, expanded, ...(before.now?.folder === now.folder ? {} : { folders: new Map() }) });
  await Promise.all([now.folder, ...expanded].map((folder) => readFolder(app, folder)));
}

/** null: the usual one. Returns whether it is open now. */
export async function openWorkspace(app: App, folder: string | null): Promise<boolean> {
  try {
    const now = await app.request("workspace.open", { folder });
    change(app, { now, folders: new Map(), expanded: rememberedExpanded(now.folder) });
    await Promise.all([now.folder, ...app.store.get().workspace.expanded].map((one) => readFolder(app, one)));
    return true;
  } catch (error) {
    notifyFailure(app, `open ${folder ?? "the usual workspace"}`, error);
    return false;
  }
}

export async function readFolder(app: App, folder: string): Promise<void> {
  const { now } = app.store.get().workspace;
  if (now === null || !isWithin(now.folder, folder)) return;
  try {
    const { entries } = await app.request("source.list", { path: folder });
    put(app, folder, { entries });
    if (folder === now.folder && now.trouble !== null) change(app, { now: { ...now, trouble: null } });
  } catch (error) {
    const trouble = wordsOf(error)?.title ?? "cancelled";
    if (folder !== now.folder) forget(app, folder);
    else {
      put(app, folder, { trouble });
      change(app, { now: { ...now, trouble } });
    }
  }
}

function put(app: App, folder: string, view: NonNullable<ReturnType<WorkspaceView["folders"]["get"]>>): void {
  change(app, { folders: new Map(app.store.get().workspace.folders).set(folder, view) });
}

/** A folder that went away, with what was below. */
function forget(app: App, folder: string): void {
  const { folders, expanded } = app.store.get().workspace;
  change(app, {
    folders: new Map([...folders].filter(([path]) => !isWithin(folder, path))),
    expanded: new Set([...expanded].filter((path) => !isWithin(folder, path))),
  });
}

export function setExpanded(app: App, expanded: ReadonlySet<string>): void {
  const { now, expanded: before } = app.store.get().workspace;
  if (now === null) return;
  change(app, { expanded });
  writeSetting(`expanded.${now.folder}`, JSON.stringify([...expanded].slice(0, 200)));
  for (const folder of expanded) if (!before.has(folder)) void readFolder(app, folder);
}

/** Opens the folders above a file. */
export async function expandTo(app: App, path: string): Promise<boolean> {
  const { now, expanded } = app.store.get().workspace;
  if (now === null || !isWithin(now.folder, path)) return false;
  const above: string[] = [];
  for (let folder = parentOf(path); folder !== now.folder && isWithin(now.folder, folder); folder = parentOf(folder)) {
    above.push(folder);
  }
  await Promise.all(above.map((folder) => readFolder(app, folder)));
  setExpanded(app, new Set([...expanded, ...above]));
  return true;
}

function rememberedExpanded(folder: string): ReadonlySet<string> {
  try {
    const stored: unknown = JSON.parse(readSetting(`expanded.${folder}`) ?? "[]");
    return new Set(
      Array.isArray(stored)
        ? stored.filter((path): path is string => typeof path === "string" && isWithin(folder, path))
        : [],
    );
  } catch {
    return new Set();
  }
}
