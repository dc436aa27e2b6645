/** Where a name is defined and used, and what it is called from now on. */
import type { CancellationToken } from "vscode-jsonrpc";
import { fail } from "../../protocol/failures.ts";
import type { FileEdits, FileRange, Position } from "../../protocol/language.ts";
import type { LanguageContext } from "./context.ts";
import { placeOf } from "./describe-place.ts";
import type { OpenDocument } from "./documents.ts";
import { fileEditsOf, isSystemFile } from "./edits.ts";
import { pathOf } from "./file-uri.ts";
import { filesWithWord } from "./files-with-word.ts";
import * as lsp from "./lsp.ts";
import { wordAt } from "./text-document.ts";

const placeLimit = 5000;

export async function definition(
  context: LanguageContext,
  document: OpenDocument,
  at: Position,
  token: CancellationToken,
): Promise<FileRange[]> {
  const clangd = await context.documents.told(document);
  if (clangd === null) return [];
  return placesOf(await clangd.request("textDocument/definition", placeOf(document, at), lsp.locations, token));
}

export async function references(
  context: LanguageContext,
  document: OpenDocument,
  at: Position,
  token: CancellationToken,
): Promise<FileRange[]> {
  const clangd = await context.documents.told(document);
  const word = wordAt(document.text, at);
  if (clangd === null || word === null) return [];
  const files = await filesWithWord(document.path, word.word, token);
  const params = { ...placeOf(document, at), context: { includeDeclaration: true } };
  return context.documents.withFiles(clangd, files, async () =>
    placesOf(await clangd.request("textDocument/references", params, lsp.locations, token)),
  );
}

/** @throws Failed `usage` where the name cannot be given, with the reason */
export async function rename(
  context: LanguageContext,
  document: OpenDocument,
  at: Position,
  name: string,
  token: CancellationToken,
): Promise<FileEdits[]> {
  const word = wordAt(document.text, at);
  if (word === null) fail({ kind: "usage", message: "rename: there is no name at the cursor" });
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    fail({
      kind: "usage",
      message: `rename ${word.word}: "${name}" is not a name in C: letters, digits and _, not beginning with a digit`,
    });
  }
  if (context.manuals.has(word.word)) {
    fail({ kind: "usage", message: `rename ${word.word}: it is a helper of the kernel's, and its name is fixed` });
  }
  const clangd = await context.documents.told(document);
  if (clangd === null) fail({ kind: "usage", message: `rename ${word.word}: clangd is not running` });
  const files = await filesWithWord(document.path, word.word, token);
  const edits = await context.documents.withFiles(clangd, files, async () =>
    fileEditsOf(
      await clangd.request(
        "textDocument/rename",
        { ...placeOf(document, at), newName: name },
        lsp.workspaceEdit,
        token,
      ),
    ),
  );
  const foreign = edits.find(({ path }) => isSystemFile(path));
  if (foreign !== undefined) {
    fail({
      kind: "usage",
      message: `rename ${word.word}: it also stands in ${foreign.path}, which belongs to the system`,
    });
  }
  return edits;
}

function placesOf(found: readonly { readonly uri: string; readonly range: lsp.LspRange }[]): FileRange[] {
  return found.slice(0, placeLimit).flatMap(({ uri, range }) => {
    const path = pathOf(uri);
    return path === null ? [] : [{ path, range: lsp.ofLspRange(range) }];
  });
}
