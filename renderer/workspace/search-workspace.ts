/** Search in the files of the workspace; texts that are open and unsaved are searched as they are. */
import type { SearchFound, SearchMatch, SearchParams } from "../../protocol/workspace.ts";
import { textAt } from "../editor/texts.ts";
import type { App } from "../session/app.ts";
import { wordsOf } from "../session/failure-words.ts";
import { stopLastWork, work } from "../session/work.ts";
import { isWithin } from "./workspace-view.ts";

export interface Search {
  readonly params: SearchParams;
  readonly running: boolean;
  readonly files: ReadonlyMap<string, readonly SearchMatch[]>;
  readonly matches: number;
  /** what came of it, in a line */
  readonly outcome: string;
  readonly failed: boolean;
}

export type Wanted = Omit<SearchParams, "search">;

const unsavedLimit = 1000;
let last = 0;

export async function searchWorkspace(app: App, wanted: Wanted): Promise<void> {
  stopLastWork(app, "search");
  const search = ++last;
  const params: SearchParams = { ...wanted, search };
  const begun: Search = { params, running: true, files: new Map(), matches: 0, outcome: "", failed: false };
  app.store.set({ search: begun });
  try {
    const done = await work(app, { kind: "search", title: `search for ${wanted.text}`, leaveable: true }, (token) =>
      app.request("workspace.search", params, token),
    );
    await searchUnsaved(app, params);
    change(app, search, (now) => ({ running: false, outcome: outcomeOf(now, done.more) }));
  } catch (error) {
    const words = wordsOf(error);
    change(app, search, (now) => ({
      running: false,
      failed: words !== null,
      outcome: words?.title ?? `Stopped. ${outcomeOf(now, true)}`,
    }));
  }
}

export function hearFound(app: App, { search, path, matches }: SearchFound): void {
  change(app, search, (now) => ({
    files: new Map(now.files).set(path, [...(now.files.get(path) ?? []), ...matches]),
    matches: now.matches + matches.length,
  }));
}

function change(app: App, search: number, patch: (now: Search) => Partial<Search>): void {
  const now = app.store.get().search;
  if (now?.params.search === search) app.store.set({ search: { ...now, ...patch(now) } });
}

function outcomeOf({ matches, files }: Search, more: boolean): string {
  if (matches === 0) return more ? "" : "Nothing was found.";
  return `${matches}${more ? " or more" : ""} in ${files.size} ${files.size === 1 ? "file" : "files"}`;
}

async function searchUnsaved(app: App, params: SearchParams): Promise<void> {
  const { sources, workspace } = app.store.get();
  const folder = workspace.now?.folder;
  for (const { path, dirty } of sources) {
    const model = textAt(path)?.model;
    if (!dirty || model === undefined || folder === undefined || !isWithin(folder, path)) continue;
    const separators = params.wholeWord ? "`~!@#$%^&*()-=+[{]}\\|;:'\",.<>/? \t" : null;
    let found;
    try {
      found = model.findMatches(params.text, false, params.regex, params.matchCase, separators, false, unsavedLimit);
    } catch {
      // an expression that only grep understands: what is on disk is shown
      continue;
    }
    const matches = found.map(({ range: { startLineNumber: line, startColumn: column, endColumn } }): SearchMatch => {
      const text = model.getLineContent(line);
      return {
        line,
        column,
        before: text.slice(Math.max(0, column - 61), column - 1).trimStart(),
        match: text.slice(column - 1, endColumn - 1).slice(0, 200),
        after: text.slice(endColumn - 1, endColumn + 199),
      };
    });
    change(app, params.search, (now) => {
      const files = new Map(now.files);
      const before = files.get(path)?.length ?? 0;
      if (matches.length === 0) files.delete(path);
      else files.set(path, matches);
      return { files, matches: now.matches - before + matches.length };
    });
  }
}
