/**
 * What of the Language Server Protocol 3.17 is read here, as schemas: clangd is another's program, and what it answers
 * is held against them before use. Unknown fields are let go.
 */
import * as z from "zod";
import type { Position, Range } from "../../protocol/language.ts";

const position = z.object({ line: z.number().int().min(0), character: z.number().int().min(0) });
const range = z.object({ start: position, end: position });
export type LspPosition = z.infer<typeof position>;
export type LspRange = z.infer<typeof range>;
const textEdit = z.object({ range, newText: z.string() });
export type LspTextEdit = z.infer<typeof textEdit>;
const location = z.object({ uri: z.string(), range });
const markup = z.union([z.string(), z.object({ value: z.string() })]);

export const initialized = z.object({
  capabilities: z.record(z.string(), z.unknown()),
  serverInfo: z.object({ version: z.string().optional() }).optional(),
});

export const diagnostic = z.looseObject({
  range,
  severity: z.number().int().optional(),
  message: z.string(),
  code: z.union([z.string(), z.number()]).optional(),
  tags: z.array(z.number()).optional(),
});
export type LspDiagnostic = z.infer<typeof diagnostic>;
export const published = z.object({
  uri: z.string(),
  version: z.number().int().optional(),
  diagnostics: z.array(diagnostic),
});

export const completionItem = z.object({
  label: z.string(),
  kind: z.number().optional(),
  detail: z.string().optional(),
  documentation: markup.optional(),
  sortText: z.string().optional(),
  filterText: z.string().optional(),
  insertText: z.string().optional(),
  insertTextFormat: z.number().optional(),
  textEdit: textEdit.optional(),
  additionalTextEdits: z.array(textEdit).optional(),
});
export type LspCompletionItem = z.infer<typeof completionItem>;
const completionList = z.object({ isIncomplete: z.boolean(), items: z.array(completionItem) });
export const completions = z.union([
  completionList,
  z.array(completionItem).transform((items) => ({ isIncomplete: false, items })),
  z.null().transform(() => ({ isIncomplete: false, items: [] as LspCompletionItem[] })),
]);

export const hover = z.object({ contents: markup, range: range.optional() }).nullable();

export const signatureHelp = z
  .object({
    signatures: z.array(
      z.object({
        label: z.string(),
        documentation: markup.optional(),
        parameters: z.array(z.object({ label: z.union([z.string(), z.tuple([z.number(), z.number()])]) })).optional(),
      }),
    ),
    activeSignature: z.number().int().optional(),
    activeParameter: z.number().int().optional(),
  })
  .nullable();

export const locations = z.union([
  z.array(location),
  location.transform((one) => [one]),
  z.null().transform(() => [] as z.infer<typeof location>[]),
]);

export const workspaceEdit = z
  .object({
    changes: z.record(z.string(), z.array(textEdit)).optional(),
    documentChanges: z
      .array(z.object({ textDocument: z.object({ uri: z.string() }), edits: z.array(textEdit) }))
      .optional(),
  })
  .nullable();
export type LspWorkspaceEdit = z.infer<typeof workspaceEdit>;
export const applyEdit = z.object({ edit: workspaceEdit });

export interface LspSymbol {
  readonly name: string;
  readonly detail?: string | undefined;
  readonly kind: number;
  readonly range: LspRange;
  readonly selectionRange: LspRange;
  readonly children?: readonly LspSymbol[] | undefined;
}
const symbol: z.ZodType<LspSymbol> = z.lazy(() =>
  z.object({
    name: z.string(),
    detail: z.string().optional(),
    kind: z.number(),
    range,
    selectionRange: range,
    children: z.array(symbol).optional(),
  }),
);
export const symbols = z.array(symbol).nullable();

const command = z.object({ title: z.string(), command: z.string(), arguments: z.array(z.unknown()).optional() });
export const codeAction = z.union([
  command.transform(({ title, ...rest }) => ({
    title,
    kind: "refactor",
    command: { title, ...rest },
    edit: undefined,
    isPreferred: false,
  })),
  z.object({
    title: z.string(),
    kind: z.string().optional(),
    isPreferred: z.boolean().optional(),
    edit: workspaceEdit.optional(),
    command: command.optional(),
  }),
]);
export type LspCodeAction = z.infer<typeof codeAction>;
export const codeActions = z.array(codeAction).nullable();

/** clangd before 15 has its own method, whose hints carry a `range` besides. */
export const inlayHints = z
  .array(
    z.object({
      position,
      label: z.union([z.string(), z.array(z.object({ value: z.string() }))]),
      kind: z.union([z.string(), z.number()]).optional(),
    }),
  )
  .nullable();

export const toLsp = ({ line, column }: Position): LspPosition => ({ line: line - 1, character: column - 1 });
export const toLspRange = ({ from, to }: Range): LspRange => ({ start: toLsp(from), end: toLsp(to) });
export const ofLsp = ({ line, character }: LspPosition): Position => ({ line: line + 1, column: character + 1 });
export const ofLspRange = ({ start, end }: LspRange): Range => ({ from: ofLsp(start), to: ofLsp(end) });

export function proseOf(text: z.infer<typeof markup> | undefined): string {
  return typeof text === "string" ? text : (text?.value ?? "");
}
