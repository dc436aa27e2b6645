/** The workspace room of one window: its folder, what it follows, and one handler for each `workspace.` method. */
import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { workbench } from "../../protocol/contracts.ts";
import { Failed } from "../../protocol/failures.ts";
import type { Handlers } from "../../protocol/peer.ts";
import type { FolderChanged, SearchFound, SourceChanged, WorkspaceState } from "../../protocol/workspace.ts";
import { fileFailure } from "../source/file-failure.ts";
import { confine, createEntry, deleteEntry, renameEntry } from "./change-entries.ts";
import { openDrafts } from "./keep-drafts.ts";
import { listFiles } from "./list-files.ts";
import { rememberedWorkspaces, rememberWorkspace } from "./remember-workspaces.ts";
import { searchFiles } from "./search-files.ts";
import { createFileWatches } from "./watch-files.ts";

type WorkspaceMethods = Pick<typeof workbench, Extract<keyof typeof workbench, `workspace.${string}`>>;

export interface WorkspaceOptions {
  readonly source: (changed: SourceChanged) => void;
  readonly folder: (changed: FolderChanged) => void;
  readonly found: (found: SearchFound) => void;
  readonly state: () => string;
  /** the folder that is open when no other is; made where it is missing */
  readonly usual: () => string;
  /** where the trash is */
  readonly dataHome: () => string;
}

export interface Workspace {
  readonly handlers: Handlers<WorkspaceMethods>;
  folder(): string;
  end(): void;
}

export function openWorkspace(options: WorkspaceOptions): Workspace {
  const watches = createFileWatches(options);
  const drafts = openDrafts(options.state);
  let opened: string | null = null;
  const folder = (): string => (opened ??= rememberedWorkspaces(options.state()).folder ?? options.usual());
  const describe = async (): Promise<WorkspaceState> => {
    const now = folder();
    const { recent } = rememberedWorkspaces(options.state());
    return {
      folder: now,
      usual: options.usual(),
      recent: recent.filter((one) => one !== now),
      trouble: await troubleWith(now),
    };
  };
  return {
    folder,
    handlers: {
      "workspace.describe": describe,
      "workspace.open": async ({ folder: asked }) => {
        const usual = options.usual();
        const wanted = asked === null ? usual : resolve(asked);
        const trouble = await troubleWith(wanted);
        if (trouble !== null) {
          throw new Failed({ kind: "file", path: wanted, code: "folder", message: trouble });
        }
        opened = wanted;
        await rememberWorkspace(options.state(), wanted, usual);
        return describe();
      },
      "workspace.create": async ({ path, kind }) => {
        await createEntry(confine(folder(), path, "create"), kind);
        return {};
      },
      "workspace.rename": async ({ from, to }) => {
        await renameEntry(confine(folder(), from, "rename"), confine(folder(), to, "rename to"));
        return {};
      },
      "workspace.delete": async ({ path, forEver }) => {
        await deleteEntry(confine(folder(), path, "delete"), forEver, options.dataHome());
        return {};
      },
      "workspace.watch": async ({ files, folders }) => {
        watches.follow(files, folders);
        return {};
      },
      "workspace.files": (_params, { token }) => listFiles(folder(), token),
      "workspace.search": (params, { token }) => searchFiles(folder(), params, token, options.found),
      "workspace.keepDraft": async (draft) => {
        await drafts.keep(draft);
        return {};
      },
      "workspace.dropDraft": async ({ path }) => {
        await drafts.drop(path);
        return {};
      },
      "workspace.draft": async ({ path }) => ({ draft: await drafts.read(path) }),
      "workspace.drafts": async () => ({ paths: [...(await drafts.list())] }),
    },
    end: () => watches.end(),
  };
}

/** null where the folder can be listed */
async function troubleWith(folder: string): Promise<string | null> {
  try {
    await readdir(folder);
    return null;
  } catch (error) {
    return fileFailure("open the workspace", folder, error).message;
  }
}
