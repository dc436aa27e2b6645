/** Findings as terminals and editors make them clickable: file:line:column: severity: message (class). */
import { relative } from "node:path";
import type { Diagnostic } from "../../protocol/diagnostic.ts";
import type { Paint } from "./command.ts";

export function diagnosticLines(findings: readonly Diagnostic[], cwd: string, paint: Paint): readonly string[] {
  return findings.map((finding) => {
    const place = [shortPath(finding.file, cwd), finding.line, finding.column].filter(
      (part, index) => index === 0 || part !== 0,
    );
    const colour = { error: paint.red, warning: paint.yellow, note: paint.dim }[finding.severity];
    return `${paint.bold(`${place.join(":")}:`)} ${colour(`${finding.severity}:`)} ${finding.message} (${finding.class})`;
  });
}

/** From here, where that is shorter than from the root. */
export function shortPath(path: string, cwd: string): string {
  if (!path.startsWith("/")) return path;
  const near = relative(cwd, path);
  return near !== "" && near.length < path.length ? near : path;
}

const tellingLines = 6;

/** The end of a verifier log, where the reason stands: without statistics and empty lines. */
export function telling(log: string): readonly string[] {
  return log
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "" && !/^(processed \d+ insns|verification time|stack depth|-- (BEGIN|END))/.test(line))
    .slice(-tellingLines);
}
