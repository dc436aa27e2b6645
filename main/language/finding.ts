import type { Finding } from "../../protocol/language.ts";
import { type LspDiagnostic, ofLspRange } from "./lsp.ts";

const unnecessary = 1;

/** What clangd finds, in our words: its "(fix available)" is said by the light bulb. */
export function findingOf({ range, severity, message, code, tags }: LspDiagnostic): Finding {
  return {
    range: ofLspRange(range),
    severity: severity === 1 ? "error" : severity === 2 || severity === undefined ? "warning" : "note",
    message: message.replace(/ \(fix(es)? available\)/g, "").slice(0, 8000),
    source: "clangd",
    code: String(code ?? "").slice(0, 1000),
    unused: tags?.includes(unnecessary) ?? false,
  };
}
