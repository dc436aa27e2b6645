/** Formatting with clang-format: by the .clang-format above the file where there is one, else as the kernel is written. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CancellationToken } from "vscode-jsonrpc";
import { Failed, fail } from "../../protocol/failures.ts";
import type { Range, TextEdit } from "../../protocol/language.ts";
import type { FormatStyle } from "../../protocol/settings.ts";
import { confined, endGroup, toolEnvironment } from "./confine.ts";
import { findTool } from "./find-tool.ts";
import { kernelStyle } from "./kernel-style.ts";
import { rangeOf, type TextDocument } from "./text-document.ts";

export interface Formatted {
  readonly edits: TextEdit[];
  readonly style: string | null;
}

const timeout = 20_000;

/** @throws Failed `missing-tool`, `cancelled`, `usage` with clang-format's words (a .clang-format that it cannot read) */
export async function format(
  path: string,
  document: TextDocument,
  range: Range | null,
  fallback: FormatStyle,
  token: CancellationToken,
): Promise<Formatted> {
  const tool = findTool("clang-format");
  if (tool === null) {
    fail({
      kind: "missing-tool",
      tool: "clang-format",
      package: "clang-format",
      message:
        "format: clang-format is not installed: install the package clang-format (Fedora: clang-tools-extra; Arch, openSUSE: clang)",
    });
  }
  const style = styleFile(path);
  const args = [
    `--assume-filename=${path}`,
    `--style=${style !== null ? "file" : fallback === "kernel" ? kernelStyle : fallback}`,
    "--fallback-style=none",
    ...(range === null ? [] : [`--lines=${range.from.line}:${lastLine(range)}`]),
  ];
  const after = await run(confined(tool, args, style === null ? [] : [style]), document.text, token);
  return { edits: difference(document, after), style };
}

/** A range that ends before the first character of a line does not mean that line. */
function lastLine({ from, to }: Range): number {
  return to.column === 1 && to.line > from.line ? to.line - 1 : to.line;
}

/** The nearest one upwards, as clang-format itself looks for it. */
export function styleFile(path: string): string | null {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    for (const name of [".clang-format", "_clang-format"]) {
      if (existsSync(join(folder, name))) return join(folder, name);
    }
    if (folder === dirname(folder)) return null;
  }
}

/** One edit, without the lines at both ends that stay as they are. */
export function difference(document: TextDocument, after: string): TextEdit[] {
  const before = document.text;
  if (before === after) return [];
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  start = start === 0 ? 0 : before.lastIndexOf("\n", start - 1) + 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  while (end > 0 && before[before.length - end - 1] !== "\n") end--;
  const text = after.slice(start, after.length - end);
  return [{ range: rangeOf(document, start, before.length - end), text }];
}

function run([file, args]: [string, string[]], input: string, token: CancellationToken): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: "/",
      env: toolEnvironment(),
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    const end = (): void => endGroup(child);
    const timer = setTimeout(end, timeout);
    const stop = token.onCancellationRequested(end);
    const out: Buffer[] = [];
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString("utf8")).slice(-2000);
    });
    child.stdin.on("error", () => undefined);
    const over = (): void => {
      clearTimeout(timer);
      stop.dispose();
    };
    child.once("error", (error) => {
      over();
      reject(error);
    });
    child.once("close", (code) => {
      over();
      if (token.isCancellationRequested) reject(new Failed({ kind: "cancelled", message: "format: cancelled" }));
      else if (code === 0) resolve(Buffer.concat(out).toString("utf8"));
      else
        reject(new Failed({ kind: "usage", message: `format: clang-format said: ${said.trim() || `exit ${code}`}` }));
    });
    child.stdin.end(input);
  });
}
