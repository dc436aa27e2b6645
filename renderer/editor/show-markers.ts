/** Findings as markers at their places in the open sources. */
import type { Diagnostic } from "../../protocol/diagnostic.ts";
import type { ProgramVerdict } from "../../protocol/verify.ts";
import { hoverText } from "../verify/findings.ts";
import { columnOfByte } from "./byte-column.ts";
import { loadMonaco } from "./load-monaco.ts";
import { textAt } from "./texts.ts";

/** `programs`: of the verdict that the findings come from; what was explained of them shows on hover */
export async function showMarkers(
  path: string,
  diagnostics: readonly Diagnostic[],
  programs: readonly ProgramVerdict[] = [],
): Promise<void> {
  const { editor, MarkerSeverity } = await loadMonaco();
  const model = textAt(path)?.model;
  if (model === undefined) return;
  const severities = { error: MarkerSeverity.Error, warning: MarkerSeverity.Warning, note: MarkerSeverity.Info };
  editor.setModelMarkers(
    model,
    "xdpw",
    diagnostics
      .filter(({ file, line }) => file === path && line > 0)
      .map((found) => {
        const lineNumber = Math.min(found.line, model.getLineCount());
        const text = model.getLineContent(lineNumber);
        const first = model.getLineFirstNonWhitespaceColumn(lineNumber) || 1;
        const startColumn = found.column > 0 ? columnOfByte(text, found.column) : first;
        const word = found.column > 0 ? model.getWordAtPosition({ lineNumber, column: startColumn }) : null;
        return {
          startLineNumber: lineNumber,
          endLineNumber: lineNumber,
          startColumn,
          endColumn: word?.endColumn ?? model.getLineMaxColumn(lineNumber),
          severity: severities[found.severity],
          message: hoverText(found, programs),
          source: found.class === "compile" ? "clang" : `verifier: ${found.class}`,
        };
      }),
  );
}
