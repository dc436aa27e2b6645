/** A failure for a person: one line that says what to do, and the findings where there are some. */
import type { Failure } from "../../protocol/failures.ts";
import type { Paint } from "./command.ts";
import { diagnosticLines, telling } from "./diagnostic-lines.ts";
import { visible, visibleLines } from "./visible.ts";

export function failureText(failure: Failure, cwd: string, paint: Paint): string {
  const lines: string[] = [];
  if (failure.kind === "build-failed" || failure.kind === "rejected") {
    lines.push(...diagnosticLines(failure.diagnostics, cwd, paint));
  }
  if (failure.kind === "rejected") lines.push(...telling(failure.log).map((line) => paint.dim(`  ${line}`)));
  lines.push(`${paint.red("xdpw:")} ${visibleLines(failure.message)}`);
  if (failure.kind === "kernel" && failure.extack !== null && !failure.message.includes(failure.extack)) {
    lines.push(`  the kernel says: ${visible(failure.extack)}`);
  }
  return `${lines.join("\n")}\n`;
}
