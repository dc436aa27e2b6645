/** File > New from template: a copy under names of the user's, and what to do about each refusal. */
import { Failed } from "../../protocol/failures.ts";
import { revealSource } from "../editor/reveal.ts";
import type { App } from "../session/app.ts";
import { closeDialog, showDialog } from "../session/dialog.ts";
import { wordsOf } from "../session/failure-words.ts";
import { notify } from "../session/notices.ts";
import { expandTo, readFolder } from "../workspace/open-workspace.ts";
import { parentOf, typedPath, type WorkspaceView } from "../workspace/workspace-view.ts";

const top = { line: 1, column: 1 };

export interface Refusal {
  /** "folder", or the id of a name */
  readonly field: string;
  readonly why: string;
}

/** `id`: of the template to begin with */
export function newFromTemplate(app: App, id: string | null): void {
  showDialog(app, { kind: "template", id });
}

/** null where it is made and open */
export async function createFromTemplate(
  app: App,
  id: string,
  folder: string,
  names: Readonly<Record<string, string>>,
): Promise<Refusal | null> {
  const { now } = app.store.get().workspace;
  const path = now === null ? null : typedPath(now.folder, folder.replace(/\/+$/, ""));
  if (path === null) return { field: "folder", why: "give a name for the folder" };
  try {
    const { source, notes } = await app.request("templates.create", { id, folder: path, names });
    closeDialog(app);
    for (const title of notes) notify(app, { kind: "info", title });
    await readFolder(app, parentOf(path));
    await expandTo(app, source.path);
    // the box gives the focus back first, to where it was before
    requestAnimationFrame(() => void revealSource(app, source.path, top));
    return null;
  } catch (error) {
    if (error instanceof Failed && error.failure.kind === "bad-value") {
      const { field, message } = error.failure;
      return { field, why: message.replace(/^[^:]*: /, "") };
    }
    if (error instanceof Failed && error.failure.kind === "name-taken") {
      return { field: "folder", why: `${path} is there already: choose another name` };
    }
    const words = wordsOf(error);
    return {
      field: "folder",
      why: words === null ? "cancelled" : [words.title, words.detail].filter(Boolean).join(". "),
    };
  }
}

/** A name for the folder that nothing in the workspace has yet. */
export function freeName({ now, folders }: WorkspaceView, id: string): string {
  if (now === null) return id;
  const view = folders.get(now.folder);
  const taken = new Set(view !== undefined && "entries" in view ? view.entries.map(({ name }) => name) : []);
  for (let number = 2; ; number++) {
    const name = number === 2 && !taken.has(id) ? id : `${id}-${number}`;
    if (!taken.has(name)) return name;
  }
}
