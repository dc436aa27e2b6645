import type { Diagnostic } from "../../protocol/diagnostic.ts";
import { loaderClasses } from "./classes-loader.ts";
import { nothingKnown } from "./rejection-facts.ts";

const fromCompiler = new Set(["stack-over-limit", "too-many-arguments", "library-call"]);

/** A finding of clang or llc about a limit of BPF gets that limit's class and our words behind the compiler's. */
export function explainBuild(finding: Diagnostic): Diagnostic {
  if (finding.class !== "compile" || finding.severity !== "error") return finding;
  for (const { id, pattern, explain, fix } of loaderClasses) {
    const match = fromCompiler.has(id) ? pattern.exec(finding.message.slice(0, 4096)) : null;
    if (!match) continue;
    const facts = { ...nothingKnown, errors: [finding.message] };
    const advice = typeof fix === "string" ? fix : fix(facts, match);
    return {
      ...finding,
      class: id,
      message: `${finding.message.replace(/\.?$/, ".")} ${explain(facts, match)} Usually helps: ${advice}.`,
    };
  }
  return finding;
}
