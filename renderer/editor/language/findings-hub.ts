/** Findings come from main from the first moment on; who shows them is loaded later. */
import type { Findings } from "../../../protocol/language.ts";

const waiting = new Map<string, Findings>();
let listener: ((findings: Findings) => void) | null = null;

export function hearFindings(findings: Findings): void {
  if (listener === null) waiting.set(findings.path, findings);
  else listener(findings);
}

export function listenToFindings(listen: (findings: Findings) => void): void {
  listener = listen;
  for (const findings of waiting.values()) listen(findings);
  waiting.clear();
}
