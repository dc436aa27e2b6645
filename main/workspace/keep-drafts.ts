/**
 * Unsaved text, one file for each source in the state directory: it outlives the window, the server and the desktop
 * program, and every door finds it again.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Draft, draft } from "../../protocol/workspace.ts";
import { fileFailure, isErrno } from "../source/file-failure.ts";
import { writeWhole } from "./write-whole.ts";

export interface Drafts {
  /** an older one than what is kept changes nothing. @throws Failed `file` */
  keep(draft: Draft): Promise<void>;
  /** null where there is none */
  read(path: string): Promise<Draft | null>;
  drop(path: string): Promise<void>;
  /** paths of sources, the latest typed first */
  list(): Promise<readonly string[]>;
}

export function openDrafts(state: () => string): Drafts {
  const folder = (): string => join(state(), "drafts");
  const fileOf = (path: string): string =>
    join(folder(), `${createHash("sha256").update(path).digest("hex").slice(0, 32)}.json`);
  /** when the kept text of a source was typed, as far as it was kept here */
  const typed = new Map<string, number>();
  // One after the other for each source: an older text must not arrive last.
  const turns = new Map<string, Promise<unknown>>();
  const inTurn = <T>(path: string, run: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(path) ?? Promise.resolve()).then(run, run);
    turns.set(path, turn);
    const forget = (): void => {
      if (turns.get(path) === turn) turns.delete(path);
    };
    turn.then(forget, forget);
    return turn;
  };
  return {
    keep: (one) =>
      inTurn(one.path, async () => {
        if (one.at < (typed.get(one.path) ?? (await readDraft(fileOf(one.path)))?.at ?? 0)) return;
        typed.set(one.path, one.at);
        try {
          await mkdir(folder(), { recursive: true, mode: 0o700 });
          await writeWhole(fileOf(one.path), JSON.stringify(one));
        } catch (error) {
          throw fileFailure("keep the unsaved text of", one.path, error);
        }
      }),
    read: (path) =>
      inTurn(path, async () => {
        const kept = await readDraft(fileOf(path));
        return kept?.path === path ? kept : null;
      }),
    drop: (path) => inTurn(path, () => rm(fileOf(path), { force: true })),
    async list() {
      const names = await readdir(folder()).catch((error: unknown) => {
        if (isErrno(error)) return [];
        throw error;
      });
      const found = await Promise.all(
        names.filter((name) => name.endsWith(".json")).map((name) => readDraft(join(folder(), name))),
      );
      return found
        .filter((one) => one !== null)
        .toSorted((a, b) => b.at - a.at)
        .map(({ path }) => path);
    },
  };
}

/** null for whatever is not one of ours */
async function readDraft(file: string): Promise<Draft | null> {
  try {
    const parsed = draft.safeParse(JSON.parse(await readFile(file, "utf8")));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (isErrno(error) || error instanceof SyntaxError) return null;
    throw error;
  }
}
