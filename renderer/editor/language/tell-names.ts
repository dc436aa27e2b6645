/** What is known of a name and of a call, beside the text; the outline; hints between the words. */
import type { languages } from "monaco-editor/editor/editor.api.js";
import type { DocumentSymbol } from "../../../protocol/language.ts";
import { ofPosition, ofRange, toRange } from "./places.ts";
import type { Documents } from "./sync-documents.ts";

export function hoverProvider(documents: Documents): languages.HoverProvider {
  return {
    async provideHover(model, position, token) {
      const params = { path: model.uri.path, at: ofPosition(position) };
      const answer = await documents.ask(model, "language.hover", params, token);
      if (answer === null || answer.markdown === "") return null;
      const contents = [{ value: answer.markdown }];
      return answer.range === null ? { contents } : { contents, range: toRange(answer.range) };
    },
  };
}

export function signatureProvider(documents: Documents): languages.SignatureHelpProvider {
  return {
    signatureHelpTriggerCharacters: ["(", ","],
    signatureHelpRetriggerCharacters: [")"],
    async provideSignatureHelp(model, position, token) {
      const params = { path: model.uri.path, at: ofPosition(position) };
      const answer = await documents.ask(model, "language.signature", params, token);
      if (answer === null || answer.signatures.length === 0) return null;
      return {
        value: {
          signatures: answer.signatures.map(({ label, markdown, parameters }) => ({
            label,
            documentation: { value: markdown },
            parameters: parameters.map((span) => ({ label: span })),
          })),
          activeSignature: answer.active,
          activeParameter: answer.parameter,
        },
        dispose: () => undefined,
      };
    },
  };
}

type Kinds = typeof languages.SymbolKind;
const kindNames: Readonly<Record<DocumentSymbol["kind"], keyof Kinds>> = {
  function: "Function",
  variable: "Variable",
  field: "Field",
  struct: "Struct",
  enum: "Enum",
  "enum-member": "EnumMember",
  type: "TypeParameter",
  macro: "Constant",
  other: "Object",
};

export function symbolProvider(api: typeof languages, documents: Documents): languages.DocumentSymbolProvider {
  const symbolOf = ({ name, detail, kind, range, nameRange }: Omit<DocumentSymbol, "children">) => ({
    name,
    detail,
    kind: api.SymbolKind[kindNames[kind]],
    tags: [],
    range: toRange(range),
    selectionRange: toRange(nameRange),
  });
  return {
    async provideDocumentSymbols(model, token) {
      const answer = await documents.ask(model, "language.symbols", { path: model.uri.path }, token);
      return answer?.symbols.map((symbol) => ({ ...symbolOf(symbol), children: symbol.children.map(symbolOf) })) ?? [];
    },
  };
}

export function hintProvider(api: typeof languages, documents: Documents): languages.InlayHintsProvider {
  return {
    async provideInlayHints(model, range, token) {
      const params = { path: model.uri.path, range: ofRange(range) };
      const answer = await documents.ask(model, "language.hints", params, token);
      const hints = (answer?.hints ?? []).map(({ at, label, kind }) => ({
        label,
        position: { lineNumber: at.line, column: at.column },
        kind: kind === "parameter" ? api.InlayHintKind.Parameter : api.InlayHintKind.Type,
        paddingRight: true,
      }));
      return { hints, dispose: () => undefined };
    },
  };
}
