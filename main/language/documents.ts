/**
 * The open documents of a session, and clangd kept in step with them: told of each when it starts, of each change as it
 * comes, and of everything anew when it was restarted.
 */
import type { Finding, Findings, TextEdit } from "../../protocol/language.ts";
import { compileCommand, includeFolders } from "./compile-command.ts";
import { covers, isClosed, isConfined, ownFolder } from "./confine.ts";
import { pathOf, uriOf } from "./file-uri.ts";
import { findingOf } from "./finding.ts";
import type { Keeper } from "./keep-clangd.ts";
import { type LspDiagnostic, toLspRange } from "./lsp.ts";
import type { Clangd } from "./start-clangd.ts";
import { applyChanges, type TextDocument, textDocument } from "./text-document.ts";

export interface OpenDocument {
  readonly path: string;
  version: number;
  text: TextDocument;
  /** the clangd that knows it; null while none does */
  at: Clangd | null;
  /** as clangd told them last, whole: it wants them back when it is asked for actions */
  diagnostics: readonly LspDiagnostic[];
  /** of ours, beside clangd's */
  own: readonly Finding[];
}

export interface DocumentsOptions {
  readonly keeper: () => Keeper;
  readonly publish: (findings: Findings) => void;
  /** the text is another one than before */
  readonly changed: (document: OpenDocument) => void;
}

export interface Documents {
  open(path: string, version: number, text: string): void;
  /** false where the document is not open or was in another state */
  change(path: string, basedOn: number, version: number, changes: readonly TextEdit[]): boolean;
  close(path: string): void;
  get(path: string): OpenDocument | undefined;
  all(): readonly OpenDocument[];
  /** clangd, knowing the document in its present state; null where there is no clangd */
  told(document: OpenDocument): Promise<Clangd | null>;
  greeted(): void;
  published(uri: string, version: number | undefined, diagnostics: readonly LspDiagnostic[]): void;
  /** clangd's findings and ours, as they are now */
  publish(document: OpenDocument): void;
  /** opens files of the disk in clangd only, runs, and closes them again: for names that are used in them */
  withFiles<T>(clangd: Clangd, files: readonly { path: string; text: string }[], run: () => Promise<T>): Promise<T>;
  /** folders of the user's that a confined clangd has to read */
  readonly folders: readonly string[];
}

const findingLimit = 1000;
const settleMilliseconds = 5000;

export function openDocuments({ keeper, publish, changed }: DocumentsOptions): Documents {
  const documents = new Map<string, OpenDocument>();
  const folders = new Set<string>();
  /** files that clangd knows beside the documents, and who waits for its word on them */
  const visiting = new Map<string, () => void>();

  const isOpen = (document: OpenDocument): boolean => documents.get(document.path) === document;

  /** A confined clangd is started anew where it has to see more. */
  const see = (wanted: readonly (string | null)[]): void => {
    if (!isConfined()) return;
    const missing = wanted.filter((one): one is string => one !== null && !isClosed(one) && !covers(folders, one));
    if (missing.length === 0) return;
    for (const folder of missing) folders.add(folder);
    if (keeper().current() !== null) keeper().renew();
  };

  const tell = async (document: OpenDocument): Promise<Clangd | null> => {
    const { path } = document;
    const command = await compileCommand(path);
    see(includeFolders(command));
    const clangd = await keeper().get();
    if (clangd === null || !isOpen(document) || document.at === clangd) return clangd;
    if (clangd !== keeper().current()) return null;
    tellFile(clangd, path, command, document.version, document.text.text);
    document.at = clangd;
    return clangd;
  };

  const publishNow = (document: OpenDocument): void => {
    const ofClangd = document.diagnostics.map(findingOf);
    publish({
      path: document.path,
      version: document.version,
      findings: [...document.own, ...ofClangd].slice(0, findingLimit),
    });
  };

  return {
    get folders() {
      return [...folders];
    },
    open(path, version, text) {
      const old = documents.get(path);
      if (old !== undefined && old.at !== null) forget(old.at, path);
      const document: OpenDocument = {
        path,
        version,
        text: textDocument(text),
        at: null,
        diagnostics: [],
        own: [],
      };
      documents.set(path, document);
      see([ownFolder(path)]);
      void tell(document).catch(() => undefined);
      changed(document);
    },
    change(path, basedOn, version, changes) {
      const document = documents.get(path);
      if (document === undefined || document.version !== basedOn) return false;
      const applied = applyChanges(document.text, changes);
      document.text = applied.document;
      document.version = version;
      if (document.at !== null && document.at === keeper().current()) {
        document.at.notify("textDocument/didChange", {
          textDocument: { uri: uriOf(path), version },
          contentChanges: applied.changes.map(({ range, text }) => ({ range: toLspRange(range), text })),
        });
      }
      changed(document);
      return true;
    },
    close(path) {
      const document = documents.get(path);
      documents.delete(path);
      if (document !== undefined && document.at !== null) forget(document.at, path);
    },
    get: (path) => documents.get(path),
    all: () => [...documents.values()],
    told: (document) =>
      document.at !== null && document.at === keeper().current() ? Promise.resolve(document.at) : tell(document),
    greeted() {
      for (const document of documents.values()) {
        document.at = null;
        void tell(document).catch(() => undefined);
      }
    },
    published(uri, version, diagnostics) {
      const path = pathOf(uri);
      if (path === null) return;
      visiting.get(path)?.();
      const document = documents.get(path);
      // of an earlier state: the present one's will come
      if (document === undefined || (version !== undefined && version !== document.version)) return;
      document.diagnostics = diagnostics;
      publishNow(document);
    },
    publish: publishNow,
    async withFiles(clangd, files, run) {
      const told = files.filter(({ path }) => !documents.has(path) && !visiting.has(path));
      const known = told.map(
        ({ path }) =>
          new Promise<void>((resolve) => {
            visiting.set(path, resolve);
          }),
      );
      try {
        for (const { path, text } of told) tellFile(clangd, path, await compileCommand(path), 0, text);
        let timer: ReturnType<typeof setTimeout> | undefined;
        const late = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, settleMilliseconds);
        });
        await Promise.race([Promise.all(known), late]);
        clearTimeout(timer);
        return await run();
      } finally {
        for (const { path } of told) {
          visiting.delete(path);
          if (!documents.has(path)) forget(clangd, path);
        }
      }
    },
  };
}

function tellFile(clangd: Clangd, path: string, command: object, version: number, text: string): void {
  clangd.notify("workspace/didChangeConfiguration", { settings: { compilationDatabaseChanges: { [path]: command } } });
  clangd.notify("textDocument/didOpen", { textDocument: { uri: uriOf(path), languageId: "c", version, text } });
}

function forget(clangd: Clangd, path: string): void {
  clangd.notify("textDocument/didClose", { textDocument: { uri: uriOf(path) } });
}
