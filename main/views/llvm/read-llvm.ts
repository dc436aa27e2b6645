/**
 * LLVM IR as clang prints it, made readable: functions with the C place of each instruction. Debug intrinsics, attributes
 * and metadata are left out, and counted. Total: any text gives lines.
 */
import { type CodeText, createCodeBuilder } from "../code-builder.ts";
import { helperName } from "../bpf/helper-names.ts";
import { type DebugMetadata, readMetadata } from "./read-metadata.ts";

export interface LlvmText extends CodeText {
  /** lines of the IR that are not shown */
  readonly hidden: { readonly metadata: number; readonly debug: number; readonly attributes: number };
}

interface Item {
  readonly kind: "function" | "other";
  readonly lines: readonly string[];
  /** of a function */
  readonly name: string;
}

/** @param only the function to show, with those that it calls; null for all */
export function readLlvm(text: string, only: string | null): LlvmText {
  const lines = text.split(/\r?\n/);
  const metadata = readMetadata(lines);
  const builder = createCodeBuilder();
  const { items, hidden } = splitItems(lines);
  const wanted = only === null ? null : reachable(items, only);
  let debug = hidden.debug;
  let blank = true;
  for (const item of items) {
    if (item.kind === "function") {
      if (wanted !== null && !wanted.has(item.name)) continue;
      if (!blank) builder.other("");
      debug += addFunction(builder, item, metadata);
      blank = false;
      continue;
    }
    for (const line of item.lines) {
      if (line.trim() === "") {
        if (!blank) builder.other("");
        blank = true;
      } else {
        const node = attached(line);
        builder.other(withoutAttachments(line), node === null ? [] : metadata.placesOf(node));
        blank = false;
      }
    }
  }
  return { ...builder.done(), hidden: { ...hidden, debug } };
}

/** Declarations of intrinsics that only debug information uses go with their calls. */
const debugIntrinsic = /(?:^|[^\w.])@llvm\.dbg\.\w+\(/;
const debugRecord = /^\s*#dbg_\w+\(/;

function splitItems(lines: readonly string[]): { items: readonly Item[]; hidden: LlvmText["hidden"] } {
  const items: Item[] = [];
  let others: string[] = [];
  let [metadata, attributes, debug] = [0, 0, 0];
  const flush = (): void => {
    if (others.length > 0) items.push({ kind: "other", lines: others, name: "" });
    others = [];
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (/^![\w.]+ = /.test(line)) metadata++;
    else if (/^attributes #\d+ = /.test(line) || line.startsWith("; Function Attrs:")) attributes++;
    else if (line.startsWith("declare ") && debugIntrinsic.test(line)) debug++;
    else if (line.startsWith("define ")) {
      flush();
      const from = at;
      while (at + 1 < lines.length && lines[at] !== "}") at++;
      items.push({ kind: "function", lines: lines.slice(from, at + 1), name: functionName(line) });
    } else others.push(line);
  }
  flush();
  return { items, hidden: { metadata, attributes, debug } };
}

/** @returns how many lines were left out */
function addFunction(
  builder: ReturnType<typeof createCodeBuilder>,
  { lines, name }: Item,
  metadata: DebugMetadata,
): number {
  let hidden = 0;
  /** lines of one instruction that is printed over several, such as a switch: its place stands on the last */
  let open: string[] = [];
  const places = (line: string) => {
    const node = attached(line);
    return node === null ? [] : metadata.placesOf(node);
  };
  for (const [index, line] of lines.entries()) {
    if (index === 0) builder.heading(withoutAttachments(line), places(line), name);
    else if (
      debugRecord.test(line) ||
      (debugIntrinsic.test(line) && /^\s+(?:tail |notail |musttail )?call /.test(line))
    )
      hidden++;
    else if (line.trim() === "") builder.other("");
    else if (/^(?:[\w.$-]+|"[^"]*"):/.test(line)) builder.heading(line.replace(/\s{2,};/, "  ;"), []);
    else if (/^\S/.test(line)) builder.other(line);
    else if (open.length > 0 || /^\s+(?:%[\w.]+ = )?switch .*\[\s*$/.test(line)) {
      open.push(line);
      if (!/^\s*\]/.test(line)) continue;
      const at = places(line);
      for (const one of open) builder.code(withoutAttachments(one), at);
      open = [];
    } else builder.code(`${withoutAttachments(line)}${helperComment(line)}`, places(line));
  }
  for (const one of open) builder.code(one, []);
  return hidden;
}

/** A helper is called by its number, as an address: its name says more. */
function helperComment(line: string): string {
  const match = /\bcall [^=]*inttoptr \(i64 (\d{1,4}) to /.exec(line);
  const name = match === null ? null : helperName(Number(match[1]));
  return name === null ? "" : ` ; ${name}`;
}

function functionName(line: string): string {
  const match = /@(?:"([^"]*)"|([\w.$-]+))\s*\(/.exec(line);
  return match?.[1] ?? match?.[2] ?? "";
}

/** The functions of the text that `from` calls, and those that these call. */
function reachable(items: readonly Item[], from: string): ReadonlySet<string> {
  const byName = new Map(items.filter(({ kind }) => kind === "function").map((item) => [item.name, item]));
  const found = new Set([from]);
  for (const name of found) {
    for (const line of byName.get(name)?.lines.slice(1) ?? []) {
      for (const match of line.matchAll(/@([\w.$-]+)/g)) {
        const called = match[1] ?? "";
        if (byName.has(called)) found.add(called);
      }
    }
  }
  return found;
}

function attached(line: string): number | null {
  const match = /[ ,]!dbg !(\d{1,9})/.exec(line);
  return match === null ? null : Number(match[1]);
}

/** Without `, !dbg !5, !tbaa !7` at its end and references to attribute groups: `!name !N` stands in no operand. */
function withoutAttachments(line: string): string {
  const bare = line.replace(/(?:,? ![\w.]+ !\d+)+(?=\s*(?:\{|,?\s*$))/, "");
  return bare.replace(/(?<=\)|\w) #\d+(?=\s*(?:$|,|\{|section\b|align\b|"))/g, "").trimEnd();
}
