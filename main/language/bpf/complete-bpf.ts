/** Completion that clangd lacks: section names, helpers with their arguments and marks, and a few beginnings. */
import type { CompletionItem, Position, Range } from "../../../protocol/language.ts";
import { lineText, type TextDocument, wordAt } from "../text-document.ts";
import { type HelperManual, parameterName } from "./helper-manual.ts";
import { xdpRefusal } from "./manual-markdown.ts";
import type { HelperProbe } from "./probe-helpers.ts";
import { sectionNames } from "./sections.ts";
import { snippets } from "./snippets.ts";

/** The name being typed inside SEC("…"); null elsewhere. */
export function completeSection(document: TextDocument, at: Position): readonly CompletionItem[] | null {
  const line = lineText(document, at.line);
  const before = line.slice(0, at.column - 1);
  const typed = /\bSEC\s*\(\s*"([^"]*)$/.exec(before)?.[1];
  if (typed === undefined) return null;
  const rest = /^[^")\s]*/.exec(line.slice(at.column - 1))?.[0] ?? "";
  const replace = {
    from: { line: at.line, column: at.column - typed.length },
    to: { line: at.line, column: at.column + rest.length },
  };
  return sectionNames.map(({ name, what, of, open }, index) => ({
    label: open && of === "program" ? `${name}/…` : name,
    kind: of === "program" ? "function" : "variable",
    detail: what,
    note: "",
    insert: open && of === "program" ? `${name}/` : name,
    snippet: false,
    replace,
    also: [],
    filter: name,
    sort: String(index).padStart(4, "0"),
  }));
}

/** A helper's item in place of clangd's, which knows it as a variable. */
export function helperItem(
  helper: HelperManual,
  probe: HelperProbe | null,
  place: { readonly replace: Range; readonly sort: string; readonly called: boolean },
): CompletionItem {
  const note = xdpRefusal(helper, probe);
  const names = helper.parameters.map(parameterName).filter((name) => name !== "...");
  const list = names.map((name, index) => `\${${index + 1}:${name}}`).join(", ");
  return {
    label: helper.name,
    kind: "function",
    detail: helper.prototype,
    note,
    insert: place.called ? helper.name : `${helper.name}(${list})$0`,
    snippet: !place.called,
    replace: place.replace,
    also: [],
    filter: helper.name,
    // not allowed ones last, each half in its own order
    sort: `${note === "" ? "1" : "9"}${place.sort}`,
  };
}

/** Whether a parenthesis follows already: then only the name is completed. */
export function isCalled(document: TextDocument, at: Position): boolean {
  return /^\w*\s*\(/.test(lineText(document, at.line).slice(at.column - 1));
}

/** Where a line begins anew, and a word is typed. */
export function completeBeginnings(document: TextDocument, at: Position): readonly CompletionItem[] {
  const word = wordAt(document, at);
  const before = lineText(document, at.line).slice(0, (word?.range.from.column ?? at.column) - 1);
  if (before.trim() !== "") return [];
  const top = before === "";
  return snippets
    .filter((snippet) => snippet.top === top)
    .map(({ label, what, lines }) => ({
      label,
      kind: "snippet",
      detail: what,
      note: "",
      insert: lines.join("\n"),
      snippet: true,
      replace: word?.range ?? { from: at, to: at },
      also: [],
      filter: label,
      sort: `8${label}`,
    }));
}
