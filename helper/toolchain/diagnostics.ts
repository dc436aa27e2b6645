/** What clang and llc print on standard error, as findings. Total: any text in, a list out. */
import { isAbsolute, join, normalize } from "node:path";
import type { Diagnostic } from "../../protocol/diagnostic.ts";

/** More than this nobody reads, and one missing header can cause thousands. */
export const diagnosticLimit = 200;

const located = /^(.+?):(\d{1,9}):(\d{1,9}): (fatal error|error|warning|note): (.*)$/;
const unlocated = /^(?:(clang|llc)(?:-\d+)?: )?(fatal error|error|warning|note): (.*)$/;
/** "error: FILE:LINE:COLUMN: in function NAME TYPE: TEXT", FILE "<unknown>" without debug information */
const backend = /^error: (.+?):(\d{1,9}):(\d{1,9}): in function (\S+) .*?\)+: (.*)$/;

/** clang, when it is its own backend, puts a finding on the function and the true place into a note behind it */
const unplaced = /: note: could not determine the original source location for (.+?):(\d{1,9}):(\d{1,9})$/;

/** @param path the source: where a finding without a place belongs to */
export function parseClang(errors: string, path: string): Diagnostic[] {
  const found: Diagnostic[] = [];
  const vague = new Set<string>();
  const placed = new Set<string>();
  for (const line of errors.split("\n")) {
    const elsewhere = unplaced.exec(line);
    if (elsewhere !== null) {
      const [, file = "", row = "0", column = "0"] = elsewhere;
      const last = found.pop();
      if (last === undefined) continue;
      const message = withoutAddress(last.message);
      const moved =
        row === "0" ? { ...last, message } : diagnostic(resolve(file, path), row, column, last.severity, message);
      (row === "0" ? vague : placed).add(message);
      if (!found.some((other) => other.message === message && other.line === moved.line)) found.push(moved);
      continue;
    }
    const place = located.exec(line);
    if (place !== null) {
      const [, file = "", row = "0", column = "0", severity = "error", message = ""] = place;
      found.push(diagnostic(resolve(file, path), row, column, severity, message));
    } else {
      const plain = unlocated.exec(line);
      if (plain !== null) found.push(diagnostic(path, "0", "0", plain[2] ?? "error", plain[3] ?? ""));
    }
    if (found.length === diagnosticLimit) break;
  }
  // the backend repeats a finding for every instruction, first without a place: then it lies on the function's first line
  const twice = (message: string): boolean => vague.has(message) && placed.has(message);
  const head = new Map<string, Diagnostic>();
  for (const one of found) if (twice(one.message) && !head.has(one.message)) head.set(one.message, one);
  return found.filter((one) => head.get(one.message) !== one);
}

/** "too many args to 0x240ddfa0: i64 = …": an address of the compiler's own */
function withoutAddress(text: string): string {
  return text.replace(/ to 0x[0-9a-f]+: .*$/, "");
}

/** @param path the source: names relative to its folder come from the debug information */
export function parseLlc(errors: string, path: string): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const line of errors.split("\n")) {
    const place = backend.exec(line);
    if (place !== null) {
      const [, file = "", row = "0", column = "0", name = "", text = ""] = place;
      const known = file !== "<unknown>" && row !== "0";
      const message = `in function ${name}: ${withoutAddress(text)}`;
      // the backend repeats a finding for every instruction, first without a place
      const same = found.findIndex(
        (other) => other.message === message && (other.line === 0 || String(other.line) === row),
      );
      const one = diagnostic(
        known ? resolve(file, path) : path,
        known ? row : "0",
        known ? column : "0",
        "error",
        message,
      );
      if (same < 0) found.push(one);
      else if (found[same]?.line === 0) found[same] = one;
    } else {
      const plain = unlocated.exec(line) ?? /^()(LLVM ERROR): (.*)$/.exec(line);
      const severity = plain?.[2] === "LLVM ERROR" ? "error" : plain?.[2];
      if (plain !== null) found.push(diagnostic(path, "0", "0", severity ?? "error", `llc: ${plain[3] ?? ""}`));
    }
    if (found.length === diagnosticLimit) break;
  }
  return found;
}

/** "… [-Werror,-Wunused-variable]": that it is an error is not the source's doing, and there is a way out. */
function withoutWerror(message: string): string {
  return message.replace(
    / \[-Werror,-W([\w+=-]+)\]$/,
    " [-W$1]: a warning that -Werror makes an error; the line -Wno-error=$1 (or -Wno-error, for all) in a compile_flags.txt beside the source leaves it a warning",
  );
}

/** clang stops 200 files deep, and names the place but not the remedy. */
function withoutEnd(message: string): string {
  return message === "#include nested too deeply"
    ? `${message}: files include each other without end; begin each header with #pragma once, or leave one #include out`
    : message;
}

/** A finding about a whole stage. */
export function stageDiagnostic(path: string, message: string): Diagnostic {
  return diagnostic(path, "0", "0", "error", message);
}

function resolve(file: string, path: string): string {
  if (file.startsWith("<")) return file;
  // clang calls a header "…/one/../common/parse.h"
  return isAbsolute(file) ? normalize(file) : join(path, "..", file);
}

function diagnostic(file: string, line: string, column: string, severity: string, message: string): Diagnostic {
  const level = severity === "warning" || severity === "note" ? severity : "error";
  const said = withoutEnd(withoutWerror(message));
  return { file, line: Number(line), column: Number(column), severity: level, class: "compile", message: said };
}
