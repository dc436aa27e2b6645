/** Completion and hover in settings.json, from the schema that it is read by. Loaded with the editor. */
import * as z from "zod";
import type { editor, IRange, languages, Position } from "monaco-editor/editor/editor.api.js";
import { settings } from "../../protocol/settings.ts";
import { actions } from "../app/actions.ts";
import type { App } from "../session/app.ts";
import { type JsonContext, jsonContextAt } from "./json-context.ts";
import { describe, type Schema, schemaAt, valuesOf } from "./schema-words.ts";

type Languages = typeof languages;

export function tellSettings(app: App, { registerCompletionItemProvider, registerHoverProvider, ...kinds }: Languages) {
  const schema = settingsSchema();
  const contextIn = (model: editor.ITextModel, at: Position): JsonContext | null =>
    model.uri.path === app.store.get().settingsPath ? jsonContextAt(model.getValue(), model.getOffsetAt(at)) : null;
  registerCompletionItemProvider("json", {
    triggerCharacters: ['"', ":", " "],
    provideCompletionItems(model, at) {
      const context = contextIn(model, at);
      if (context === null) return { suggestions: [] };
      const range = rangeOf(model, context.from, context.to);
      const { CompletionItemKind, CompletionItemInsertTextRule } = kinds;
      const there = model.getValueInRange(range);
      const proposed = proposals(schema, context);
      // in a whole value the others are to be seen; in a part of one those that it begins
      const isWhole = proposed.some(({ label }) => label === there);
      return {
        suggestions: proposed.map(({ label, insert, text, detail }, index) => ({
          label,
          kind: context.place === "name" ? CompletionItemKind.Property : CompletionItemKind.Value,
          insertText: insert,
          insertTextRules: CompletionItemInsertTextRule.None,
          // with its quotes, because what is replaced has them
          filterText: isWhole ? there : there.startsWith('"') ? `"${label.replace(/^"|"$/g, "")}"` : label,
          sortText: String(index).padStart(3, "0"),
          detail,
          documentation: { value: text },
          range,
        })),
      };
    },
  });
  registerHoverProvider("json", {
    provideHover(model, at) {
      const context = contextIn(model, at);
      if (context === null || context.from === context.to) return null;
      const path = context.place === "name" ? [...context.path, context.name ?? ""] : context.path;
      const found = schemaAt(schema, path);
      const text = found === null ? "" : describe(found);
      return text === "" ? null : { range: rangeOf(model, context.from, context.to), contents: [{ value: text }] };
    },
  });
}

export interface Proposal {
  readonly label: string;
  readonly insert: string;
  readonly text: string;
  readonly detail: string;
}

export function proposals(schema: Schema, { path, place, taken, hasColon }: JsonContext): readonly Proposal[] {
  const here = schemaAt(schema, path);
  if (here === null) return [];
  if (place === "name") {
    return Object.entries(here.properties ?? {})
      .filter(([name]) => !taken.includes(name))
      .map(([name, one]) => {
        const usual = JSON.stringify(
          one.default ?? (valuesOf(one)[0] === undefined ? "" : JSON.parse(valuesOf(one)[0] ?? "")),
        );
        return {
          label: name,
          insert: hasColon ? `"${name}"` : `"${name}": ${usual}`,
          text: describe(one),
          detail: one.default === undefined ? "" : usual,
        };
      });
  }
  return valuesOf(here).map((value) => ({
    label: value,
    insert: value,
    text: here.description ?? "",
    detail: JSON.stringify(here.default) === value ? "default" : "",
  }));
}

/** With the ids of the actions, which only the window knows. */
export function settingsSchema(): Schema {
  const schema = z.toJSONSchema(settings, { io: "input" }) as Schema;
  const ids = actions.map(({ id }) => id);
  const { keybindings } = schema.properties ?? {};
  const binding = keybindings?.items;
  if (keybindings === undefined || binding === undefined) return schema;
  const named = { ...binding, properties: { ...binding.properties, action: { type: "string", enum: ids } } };
  return { ...schema, properties: { ...schema.properties, keybindings: { ...keybindings, items: named } } };
}

function rangeOf(model: editor.ITextModel, from: number, to: number): IRange {
  const [start, end] = [model.getPositionAt(from), model.getPositionAt(to)];
  return {
    ...{ startLineNumber: start.lineNumber, startColumn: start.column },
    ...{ endLineNumber: end.lineNumber, endColumn: end.column },
  };
}
