/**
 * What is known about C while it is typed, from clangd and from the kernel's own documents. One document a path and
 * session: opened with its text, kept in step by changes, closed. Places are 1-based lines and columns in UTF-16 units,
 * as editors count them.
 */
import * as z from "zod";
import { path, sourceText, u32 } from "./wire.ts";

const line = z.number().int().min(1).max(0x7fff_ffff);
export const position = z.strictObject({ line, column: line });
export type Position = z.infer<typeof position>;
/** `to` is behind the last character */
export const range = z.strictObject({ from: position, to: position });
export type Range = z.infer<typeof range>;

const short = z.string().max(1000);
const prose = z.string().max(64 * 1024);
/** The editor's own count, which grows with every change. */
const version = z.number().int().min(0).max(0x7fff_ffff);

export const textEdit = z.strictObject({ range, text: sourceText });
export type TextEdit = z.infer<typeof textEdit>;
export const fileEdits = z.strictObject({ path, edits: z.array(textEdit).max(20_000) });
export type FileEdits = z.infer<typeof fileEdits>;
export const fileRange = z.strictObject({ path, range });
export type FileRange = z.infer<typeof fileRange>;

export const openDocumentParams = z.strictObject({ path, version, text: sourceText });
export const changeDocumentParams = z.strictObject({
  path,
  /** what the changes were made to; another one than ours is refused and the document has to be opened again */
  basedOn: version,
  version,
  /** one after the other, each on what the one before left */
  changes: z.array(textEdit).min(1).max(10_000),
});
/** `unknown`: the document is not open here, or in another state: open it again */
export const documentState = z.strictObject({ state: z.enum(["ok", "unknown"]) });

export const placeParams = z.strictObject({ path, at: position });
export const rangeParams = z.strictObject({ path, range });

export const completionParams = z.strictObject({
  path,
  at: position,
  /** the character that asked; null where the user or a word did */
  trigger: z.string().max(2).nullable(),
});

export const completionItem = z.strictObject({
  label: short,
  kind: z.enum([
    "text",
    "function",
    "variable",
    "field",
    "type",
    "keyword",
    "snippet",
    "constant",
    "enum",
    "enum-member",
    "struct",
    "macro",
    "file",
    "folder",
    "parameter",
  ]),
  /** a type or signature */
  detail: short,
  /** beside the label: why not, where an XDP program may not use it on this kernel */
  note: short,
  /** text, or a snippet with ${1:places} where `snippet` is set */
  insert: z.string().max(10_000),
  snippet: z.boolean(),
  replace: range,
  /** what is edited besides `replace`, such as a `.` that has to become `->` */
  also: z.array(textEdit).max(20),
  filter: short,
  sort: short,
});
export type CompletionItem = z.infer<typeof completionItem>;
export type CompletionKind = CompletionItem["kind"];

export const completion = z.strictObject({
  /** names this list for language.resolve; the last few lists are kept */
  list: u32,
  items: z.array(completionItem).max(400),
  /** typing on may bring others: ask again */
  incomplete: z.boolean(),
});
export const resolveParams = z.strictObject({ list: u32, index: z.number().int().min(0).max(400) });
/** Markdown; empty where there is none. */
export const documentation = z.strictObject({ markdown: prose });

export const hover = z.strictObject({ markdown: prose, range: range.nullable() });

export const signatures = z.strictObject({
  signatures: z
    .array(
      z.strictObject({
        label: z.string().max(4000),
        markdown: prose,
        /** first and last UTF-16 unit (behind) of each parameter in the label */
        parameters: z.array(z.tuple([u32, u32])).max(100),
      }),
    )
    .max(50),
  active: u32,
  parameter: u32,
});
export type Signatures = z.infer<typeof signatures>;

export const places = z.strictObject({ places: z.array(fileRange).max(5000) });

export const renameParams = z.strictObject({ path, at: position, name: z.string().max(500) });
export const renamed = z.strictObject({ files: z.array(fileEdits).max(500) });

const symbolBase = z.strictObject({
  name: short,
  detail: short,
  kind: z.enum(["function", "variable", "field", "struct", "enum", "enum-member", "type", "macro", "other"]),
  range,
  nameRange: range,
});
/** Two levels are enough for C: a struct and its fields. */
export const documentSymbol = symbolBase.extend({ children: z.array(symbolBase).max(2000) });
export type DocumentSymbol = z.infer<typeof documentSymbol>;
export const symbols = z.strictObject({ symbols: z.array(documentSymbol).max(5000) });

export const formatParams = z.strictObject({
  path,
  /** null formats all of it */
  range: range.nullable(),
});
export const formatted = z.strictObject({
  edits: z.array(textEdit).max(20_000),
  /** the .clang-format that was used; null where it is the kernel's style */
  style: path.nullable(),
});

export const action = z.strictObject({
  /** names it for language.act, while the text is the same */
  id: u32,
  title: short,
  kind: z.enum(["quickfix", "refactor"]),
  preferred: z.boolean(),
});
export const actions = z.strictObject({ actions: z.array(action).max(100) });
export const actParams = z.strictObject({ path, id: u32 });

export const hint = z.strictObject({ at: position, label: short, kind: z.enum(["parameter", "type"]) });
export const hints = z.strictObject({ hints: z.array(hint).max(5000) });

/** A finding while typing. The build's and the verifier's come as `diagnostic`. */
export const finding = z.strictObject({
  range,
  severity: z.enum(["error", "warning", "note"]),
  message: z.string().max(8000),
  /** "clangd", or "xdpw" for what clang does not know: sections, licenses */
  source: z.enum(["clangd", "xdpw"]),
  /** such as "-Wunused-variable" or "gpl-only-helper"; empty where there is none */
  code: short,
  /** not needed: shown faded */
  unused: z.boolean(),
});
export type Finding = z.infer<typeof finding>;
export const findings = z.strictObject({ path, version, findings: z.array(finding).max(1000) });
export type Findings = z.infer<typeof findings>;

export const languageState = z.strictObject({
  /**
   * off: nothing was opened yet; restarting: it died and is started again; failed: it died too often;
   * missing: it is not installed
   */
  state: z.enum(["off", "starting", "ready", "restarting", "failed", "missing"]),
  /** such as "14.0.6"; empty where it is not known */
  version: short,
  /** what happened and what to do, in a sentence; empty where nothing did */
  note: short,
  /** of clangd, for the curious and for tests; null where it does not run */
  pid: u32.nullable(),
});
export type LanguageState = z.infer<typeof languageState>;
