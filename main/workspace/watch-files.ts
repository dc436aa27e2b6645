/**
 * What others do to files and folders. inotify tells at once (of the folder, because a file that is replaced is another
 * one); every two seconds all are looked at, for file systems that tell nothing.
 */
import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Failed } from "../../protocol/failures.ts";
import type { FolderChanged, SourceChanged } from "../../protocol/workspace.ts";
import { fileFailure, isErrno } from "../source/file-failure.ts";
import { readBytes, versionOf } from "../source/read-source.ts";

export interface WatchOptions {
  readonly source: (changed: SourceChanged) => void;
  readonly folder: (changed: FolderChanged) => void;
  /** tests are less patient */
  readonly pollMilliseconds?: number;
  /** tests do without, to see the polling */
  readonly notifies?: boolean;
}

export interface Watches {
  /** in place of what was followed before */
  follow(files: readonly string[], folders: readonly string[]): void;
  end(): void;
}

/** what a file was when it was looked at last; null: not there */
type Look = string | null;

const settleMilliseconds = 80;

export function createFileWatches(options: WatchOptions): Watches {
  const { pollMilliseconds = 2000, notifies = true } = options;
  let files = new Map<string, Look | undefined>();
  let folders = new Map<string, Look | undefined>();
  const watchers = new Map<string, FSWatcher>();
  const due = new Set<string>();
  let settle: ReturnType<typeof setTimeout> | null = null;
  let looking = false;
  let ended = false;

  const notice = (folder: string): void => {
    due.add(folder);
    settle ??= setTimeout(() => {
      settle = null;
      const now = [...due];
      due.clear();
      void look((path) => now.includes(path) || now.includes(dirname(path)));
    }, settleMilliseconds);
  };

  /** One at a time: two looks at one file would tell of it twice. */
  const look = async (which: (path: string) => boolean): Promise<void> => {
    if (looking) {
      settle ??= setTimeout(() => {
        settle = null;
        void look(() => true);
      }, settleMilliseconds);
      return;
    }
    looking = true;
    try {
      for (const [path, before] of files) {
        if (!which(path)) continue;
        const now = await lookAt(path);
        if (ended || now === before || !files.has(path)) continue;
        files.set(path, now);
        await tellFile(path, now);
      }
      for (const [path, before] of folders) {
        if (!which(path)) continue;
        const now = await lookAt(path);
        if (ended || now === before || !folders.has(path)) continue;
        folders.set(path, now);
        if (before !== undefined) options.folder({ folder: path, trouble: now === null ? await whyNot(path) : null });
        if (now !== null) hear(path);
      }
    } finally {
      looking = false;
    }
  };

  const tellFile = async (path: string, now: Look): Promise<void> => {
    if (now === null) {
      options.source({ path, version: null });
      return;
    }
    try {
      const version = versionOf(await readBytes(path));
      if (!ended) options.source({ path, version });
    } catch (error) {
      // unreadable, too large or just replaced: whoever opens or saves it is told then
      if (!(error instanceof Failed)) throw error;
    }
  };

  const hear = (folder: string): void => {
    if (!notifies || ended || watchers.has(folder)) return;
    try {
      const watcher = watch(folder, { persistent: false }, () => notice(folder));
      const forget = (): void => {
        watcher.close();
        if (watchers.get(folder) === watcher) watchers.delete(folder);
      };
      watcher.on("error", forget);
      watchers.set(folder, watcher);
    } catch (error) {
      // not there, or no inotify watches left: polling goes on
      if (!isErrno(error)) throw error;
    }
  };

  const poll = setInterval(() => void look(() => true), pollMilliseconds);
  poll.unref();
  return {
    follow(wantedFiles, wantedFolders) {
      files = new Map(wantedFiles.map((path) => [path, files.get(path)]));
      folders = new Map(wantedFolders.map((path) => [path, folders.get(path)]));
      const wanted = new Set([...wantedFiles.map((path) => dirname(path)), ...wantedFolders]);
      for (const [folder, watcher] of watchers) {
        if (wanted.has(folder)) continue;
        watcher.close();
        watchers.delete(folder);
      }
      for (const folder of wanted) hear(folder);
      void look((path) => files.get(path) === undefined || folders.get(path) === undefined);
    },
    end() {
      ended = true;
      clearInterval(poll);
      if (settle !== null) clearTimeout(settle);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

async function lookAt(path: string): Promise<Look> {
  try {
    const { mtimeNs, ctimeNs, size, ino } = await stat(path, { bigint: true });
    return `${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch (error) {
    if (isErrno(error)) return null;
    throw error;
  }
}

async function whyNot(path: string): Promise<string> {
  try {
    await stat(path);
    return "";
  } catch (error) {
    return fileFailure("read", path, error).message;
  }
}
