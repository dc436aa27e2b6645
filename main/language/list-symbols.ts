/** The outline of a document, and the hints between its lines. */
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import type { DocumentSymbol, hint, Range } from "../../protocol/language.ts";
import type { LanguageContext } from "./context.ts";
import type { OpenDocument } from "./documents.ts";
import { uriOf } from "./file-uri.ts";
import * as lsp from "./lsp.ts";

type Kind = DocumentSymbol["kind"];
/** LSP's SymbolKind */
const kinds: Readonly<Record<number, Kind>> = {
  ...{ 5: "struct", 6: "function", 7: "field", 8: "field", 10: "enum", 12: "function", 13: "variable", 14: "variable" },
  ...{ 15: "macro", 22: "enum-member", 23: "struct", 26: "type" },
};

export async function listSymbols(
  context: LanguageContext,
  document: OpenDocument,
  token: CancellationToken,
): Promise<DocumentSymbol[]> {
  const clangd = await context.documents.told(document);
  const params = { textDocument: { uri: uriOf(document.path) } };
  const found = (await clangd?.request("textDocument/documentSymbol", params, lsp.symbols, token)) ?? [];
  return found
    .filter(({ name }) => name !== "SEC")
    .slice(0, 5000)
    .map((symbol) => ({ ...flat(symbol), children: childrenOf(symbol).slice(0, 2000).map(flat) }));
}

/** What a map's macros (__uint, __type) wrap shows in their place. */
function childrenOf({ children = [] }: lsp.LspSymbol): lsp.LspSymbol[] {
  return children.flatMap((child) => (child.name.startsWith("__") ? [...(child.children ?? [])] : [child]));
}

function flat({ name, detail, kind, range, selectionRange }: lsp.LspSymbol): Omit<DocumentSymbol, "children"> {
  return {
    name: (name === "" ? "(no name)" : name).slice(0, 1000),
    detail: (detail ?? "").slice(0, 1000),
    kind: kinds[kind] ?? "other",
    range: lsp.ofLspRange(range),
    nameRange: lsp.ofLspRange(selectionRange),
  };
}

export async function listHints(
  context: LanguageContext,
  document: OpenDocument,
  range: Range,
  token: CancellationToken,
): Promise<z.infer<typeof hint>[]> {
  const clangd = await context.documents.told(document);
  if (clangd === null) return [];
  const params = { textDocument: { uri: uriOf(document.path) }, range: lsp.toLspRange(range) };
  const found = (await clangd.request(clangd.hintsMethod, params, lsp.inlayHints, token)) ?? [];
  return found.slice(0, 5000).map(({ position, label, kind }) => {
    const text = typeof label === "string" ? label : label.map(({ value }) => value).join("");
    const isParameter = kind === 2 || kind === "parameter";
    return { at: lsp.ofLsp(position), label: text.trim().slice(0, 1000), kind: isParameter ? "parameter" : "type" };
  });
}
