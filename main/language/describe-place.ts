/** What is known of the name under the cursor, and of the call that it stands in. */
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import type { hover as hoverSchema, Position, Signatures } from "../../protocol/language.ts";
import { callAt } from "./bpf/call-at.ts";
import type { HelperManual } from "./bpf/helper-manual.ts";
import { helperMarkdown } from "./bpf/manual-markdown.ts";
import type { LanguageContext } from "./context.ts";
import type { OpenDocument } from "./documents.ts";
import { uriOf } from "./file-uri.ts";
import * as lsp from "./lsp.ts";
import { markdownOf } from "./markdown.ts";
import { offsetAt, wordAt } from "./text-document.ts";

type Hover = z.infer<typeof hoverSchema>;

export async function hover(
  context: LanguageContext,
  document: OpenDocument,
  at: Position,
  token: CancellationToken,
): Promise<Hover> {
  const word = wordAt(document.text, at);
  const helper = word === null ? undefined : context.manuals.get(word.word);
  if (word !== null && helper !== undefined) {
    return { markdown: helperMarkdown(helper, context.probe()), range: word.range };
  }
  const clangd = await context.documents.told(document);
  const found = await clangd?.request("textDocument/hover", placeOf(document, at), lsp.hover, token);
  if (!found) return { markdown: "", range: null };
  return {
    markdown: markdownOf(lsp.proseOf(found.contents)),
    range: found.range === undefined ? null : lsp.ofLspRange(found.range),
  };
}

const noSignatures: Signatures = { signatures: [], active: 0, parameter: 0 };

export async function signature(
  context: LanguageContext,
  document: OpenDocument,
  at: Position,
  token: CancellationToken,
): Promise<Signatures> {
  const call = callAt(document.text.text, offsetAt(document.text, at));
  const helper = call === null ? undefined : context.manuals.get(call.name);
  // clangd leaves out the names of a helper's parameters: to it they are variables
  if (call !== null && helper !== undefined) return helperSignature(context, helper, call.argument);
  const clangd = await context.documents.told(document);
  const found = await clangd?.request("textDocument/signatureHelp", placeOf(document, at), lsp.signatureHelp, token);
  if (!found) return noSignatures;
  return {
    signatures: found.signatures.slice(0, 50).map(({ label, documentation, parameters }) => ({
      label: label.slice(0, 4000),
      markdown: markdownOf(lsp.proseOf(documentation)),
      parameters: spans(
        label,
        (parameters ?? []).map((parameter) => parameter.label),
      ),
    })),
    active: found.activeSignature ?? 0,
    parameter: found.activeParameter ?? 0,
  };
}

function helperSignature(context: LanguageContext, helper: HelperManual, argument: number): Signatures {
  const open = helper.prototype.indexOf("(");
  const parameters = spans(helper.prototype, helper.parameters, open + 1);
  const name = helper.parameters[argument];
  const page = helperMarkdown(helper, context.probe());
  return {
    signatures: [{ label: helper.prototype, markdown: page.slice(page.indexOf("```", 3) + 3).trim(), parameters }],
    active: 0,
    // what comes behind the last of them belongs to `...`
    parameter: name === undefined ? Math.max(0, parameters.length - 1) : argument,
  };
}

function spans(
  label: string,
  parameters: readonly (string | readonly [number, number])[],
  from = 0,
): [number, number][] {
  let at = from;
  return parameters.slice(0, 100).flatMap((parameter): [number, number][] => {
    if (typeof parameter !== "string") return [[parameter[0], parameter[1]]];
    const start = label.indexOf(parameter, at);
    if (start < 0) return [];
    at = start + parameter.length;
    return [[start, at]];
  });
}

export function placeOf(document: OpenDocument, at: Position): object {
  return { textDocument: { uri: uriOf(document.path) }, position: lsp.toLsp(at) };
}
