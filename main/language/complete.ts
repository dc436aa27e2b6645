/** Completion: clangd's items, helpers with their arguments and marks in place of clangd's, sections, beginnings. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { CompletionItem, CompletionKind, Position } from "../../protocol/language.ts";
import { completeBeginnings, completeSection, helperItem, isCalled } from "./bpf/complete-bpf.ts";
import { helperMarkdown } from "./bpf/manual-markdown.ts";
import type { LanguageContext } from "./context.ts";
import type { OpenDocument } from "./documents.ts";
import { editOf } from "./edits.ts";
import { uriOf } from "./file-uri.ts";
import { type LspCompletionItem, completions, ofLspRange, proseOf, toLsp } from "./lsp.ts";
import { markdownOf } from "./markdown.ts";
import { lineText, wordAt } from "./text-document.ts";

export interface Completed {
  readonly items: readonly CompletionItem[];
  /** Markdown of each item, in the same order */
  readonly pages: readonly (() => string)[];
  readonly incomplete: boolean;
}

const itemLimit = 400;
const none: Completed = { items: [], pages: [], incomplete: false };

export async function complete(
  context: LanguageContext,
  document: OpenDocument,
  at: Position,
  trigger: string | null,
  token: CancellationToken,
): Promise<Completed> {
  const sections = completeSection(document.text, at);
  if (sections !== null)
    return {
      items: sections,
      pages: sections.map(
        ({ detail }) =>
          () =>
            detail,
      ),
      incomplete: false,
    };
  const before = lineText(document.text, at.line).slice(0, at.column - 1);
  if (trigger !== null && !isWorthIt(before)) return none;
  const clangd = await context.documents.told(document);
  const answer =
    clangd === null
      ? { isIncomplete: false, items: [] as LspCompletionItem[] }
      : await clangd.request(
          "textDocument/completion",
          { textDocument: { uri: uriOf(document.path) }, position: toLsp(at), context: { triggerKind: 1 } },
          completions,
          token,
        );
  const word = wordAt(document.text, at);
  const replace = word === null ? { from: at, to: at } : { from: word.range.from, to: at };
  const called = isCalled(document.text, at);
  const probe = context.probe();
  const found: { readonly item: CompletionItem; readonly page: () => string }[] = [];
  const seen = new Set<string>();
  for (const one of answer.items) {
    const name = one.filterText ?? one.label.trim();
    const helper = context.manuals.get(name);
    if (helper !== undefined) {
      if (seen.has(name)) continue;
      seen.add(name);
      const place = {
        replace: one.textEdit === undefined ? replace : ofLspRange(one.textEdit.range),
        sort: one.sortText ?? name,
        called,
      };
      found.push({ item: helperItem(helper, probe, place), page: () => helperMarkdown(helper, probe) });
    } else found.push({ item: itemOf(one, replace), page: () => markdownOf(proseOf(one.documentation)) });
  }
  // without clangd the helpers are known all the same
  if (clangd === null && word !== null && !/(->|\.)\s*\w*$/.test(before)) {
    for (const helper of context.manuals.values()) {
      if (!helper.name.startsWith(word.word)) continue;
      const item = helperItem(helper, probe, { replace, sort: helper.name, called });
      found.push({ item, page: () => helperMarkdown(helper, probe) });
    }
  }
  for (const item of trigger === null ? completeBeginnings(document.text, at) : []) {
    found.push({
      item,
      page: () => `\`\`\`c\n${item.insert.replace(/\$\{\d+:([^}]*)\}/g, "$1").replace(/\$0/g, "")}\n\`\`\``,
    });
  }
  const kept = found.slice(0, itemLimit);
  return {
    items: kept.map(({ item }) => item),
    pages: kept.map(({ page }) => page),
    incomplete: answer.isIncomplete || found.length > itemLimit,
  };
}

/** `>` of `->` and `.` of a member, `<`, `"` and `/` in an #include; a comparison asks for nothing. */
function isWorthIt(before: string): boolean {
  if (/^\s*#\s*include\s*[<"]/.test(before)) return true;
  if (before.endsWith("->")) return true;
  return before.endsWith(".") && !/[^\w]\d+\.$/.test(before);
}

/** LSP's CompletionItemKind */
const kinds: Readonly<Record<number, CompletionKind>> = {
  ...{ 2: "function", 3: "function", 5: "field", 6: "variable", 7: "struct", 8: "type", 10: "field", 13: "enum" },
  ...{ 14: "keyword", 15: "snippet", 17: "file", 18: "variable", 19: "folder", 20: "enum-member", 21: "constant" },
  ...{ 22: "struct", 25: "type" },
};

function itemOf(item: LspCompletionItem, replace: CompletionItem["replace"]): CompletionItem {
  const label = item.label.replace(/^[ •]+/, "");
  const insert = item.textEdit?.newText ?? item.insertText ?? label;
  const kind = kinds[item.kind ?? 1] ?? "text";
  return {
    label: label.slice(0, 1000),
    // clangd says Text for macros
    kind: kind === "text" && /^[A-Z_]\w*$/.test(item.filterText ?? label) ? "macro" : kind,
    detail: (item.detail ?? "").slice(0, 1000),
    note: "",
    insert: insert.slice(0, 10_000),
    snippet: item.insertTextFormat === 2 && /[$\\]/.test(insert),
    replace: item.textEdit === undefined ? replace : ofLspRange(item.textEdit.range),
    also: (item.additionalTextEdits ?? []).slice(0, 20).map(editOf),
    filter: (item.filterText ?? label).slice(0, 1000),
    sort: `1${item.sortText ?? label}`.slice(0, 1000),
  };
}
