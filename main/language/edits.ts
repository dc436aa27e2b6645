import type { FileEdits, TextEdit } from "../../protocol/language.ts";
import { pathOf } from "./file-uri.ts";
import { type LspTextEdit, type LspWorkspaceEdit, ofLspRange } from "./lsp.ts";

export function editOf({ range, newText }: LspTextEdit): TextEdit {
  return { range: ofLspRange(range), text: newText };
}

/** One entry a file, in the order of their names; what is not a file of this machine is left out. */
export function fileEditsOf(edit: LspWorkspaceEdit | undefined): FileEdits[] {
  const files = new Map<string, TextEdit[]>();
  const add = (uri: string, edits: readonly LspTextEdit[]): void => {
    const path = pathOf(uri);
    if (path !== null) files.set(path, [...(files.get(path) ?? []), ...edits.map(editOf)]);
  };
  for (const [uri, edits] of Object.entries(edit?.changes ?? {})) add(uri, edits);
  for (const { textDocument, edits } of edit?.documentChanges ?? []) add(textDocument.uri, edits);
  return [...files].map(([path, edits]) => ({ path, edits })).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Files of the system's packages: shown, never changed. */
export function isSystemFile(path: string): boolean {
  return /^\/(usr|lib|lib64|boot|proc|sys|etc)\//.test(path);
}
