/** Findings as markers at their places in the open sources. */
import type { Diagnostic } from "../../protocol/diagnostic.ts";
import type { ProgramVerdict } from "../../protocol/verify.ts";
import { hoverText } from "../verify/findings.ts";
import { columnOfByte } from "./byte-column.ts";
import { loadMonaco } from "./load-monaco.ts";
import { baseName } from "./open-sources.ts";
import { allTexts } from "./texts.ts";

/**
 * `programs`: of the verdict that the findings come from; what was explained of them shows on hover. Those in headers are
 * marked where these are open; each source's findings take the place of its own older ones.
 */
export async function showMarkers(
  path: string,
  diagnostics: readonly Diagnostic[],
  programs: readonly ProgramVerdict[] = [],
): Promise<void> {
  const { editor, MarkerSeverity } = await loadMonaco();
  const severities = { error: MarkerSeverity.Error, warning: MarkerSeverity.Warning, note: MarkerSeverity.Info };
  for (const [file, { model }] of allTexts()) {
    const own = diagnostics.filter((found) => found.file === file && found.line > 0);
    const owner = file === path ? "xdpw" : `xdpw ${path}`;
    const markers = own.map((found) => {
      const lineNumber = Math.min(found.line, model.getLineCount());
      const text = model.getLineContent(lineNumber);
      const first = model.getLineFirstNonWhitespaceColumn(lineNumber) || 1;
      const startColumn = found.column > 0 ? columnOfByte(text, found.column) : first;
      const word = found.column > 0 ? model.getWordAtPosition({ lineNumber, column: startColumn }) : null;
      const by = found.class === "compile" ? "clang" : `verifier: ${found.class}`;
      return {
        startLineNumber: lineNumber,
        endLineNumber: lineNumber,
        startColumn,
        endColumn: word?.endColumn ?? model.getLineMaxColumn(lineNumber),
        severity: severities[found.severity],
        message: hoverText(found, programs),
        source: file === path ? by : `${by}, in ${baseName(path)}`,
      };
    });
    editor.setModelMarkers(model, owner, markers);
  }
}
