/** Completion as the editor shows it. */
import type { editor, IRange, languages } from "monaco-editor/editor/editor.api.js";
import type { CompletionItem, CompletionKind } from "../../../protocol/language.ts";
import { ofPosition, toRange } from "./places.ts";
import type { Documents } from "./sync-documents.ts";

type Kinds = typeof languages.CompletionItemKind;

const kindNames: Readonly<Record<CompletionKind, keyof Kinds>> = {
  text: "Text",
  function: "Function",
  variable: "Variable",
  field: "Field",
  type: "TypeParameter",
  keyword: "Keyword",
  snippet: "Snippet",
  constant: "Constant",
  enum: "Enum",
  "enum-member": "EnumMember",
  struct: "Struct",
  macro: "Constant",
  file: "File",
  folder: "Folder",
  parameter: "Variable",
};

interface Place {
  readonly model: editor.ITextModel;
  readonly list: number;
  readonly index: number;
}

export function completionProvider(api: typeof languages, documents: Documents): languages.CompletionItemProvider {
  const places = new WeakMap<languages.CompletionItem, Place>();

  const itemOf = (item: CompletionItem, cursor: number): languages.CompletionItem => {
    const replace = toRange(item.replace);
    const insert: IRange = {
      ...replace,
      endColumn: Math.max(replace.startColumn, Math.min(replace.endColumn, cursor)),
    };
    return {
      label: item.note === "" ? item.label : { label: item.label, description: item.note },
      kind: api.CompletionItemKind[kindNames[item.kind]],
      detail: item.detail,
      insertText: item.insert,
      ...(item.snippet ? { insertTextRules: api.CompletionItemInsertTextRule.InsertAsSnippet } : {}),
      range: { insert, replace },
      filterText: item.filter,
      sortText: item.sort,
      // the arguments are asked for next
      ...(item.snippet && item.kind === "function"
        ? { command: { id: "editor.action.triggerParameterHints", title: "Arguments" } }
        : {}),
      additionalTextEdits: item.also.map(({ range, text }) => ({ range: toRange(range), text })),
    };
  };

  return {
    triggerCharacters: [".", ">", '"', "<", "/"],
    async provideCompletionItems(model, position, context, token) {
      const trigger = context.triggerCharacter ?? null;
      const params = { path: model.uri.path, at: ofPosition(position), trigger };
      const answer = await documents.ask(model, "language.completion", params, token);
      if (answer === null || token.isCancellationRequested) return null;
      const suggestions = answer.items.map((item, index) => {
        const made = itemOf(item, position.column);
        places.set(made, { model, list: answer.list, index });
        return made;
      });
      return { suggestions, incomplete: answer.incomplete };
    },
    async resolveCompletionItem(item, token) {
      const place = places.get(item);
      if (place === undefined) return item;
      const { model, list, index } = place;
      const page = await documents.ask(model, "language.resolve", { list, index }, token);
      if (page !== null && page.markdown !== "") item.documentation = { value: page.markdown };
      return item;
    },
  };
}
