/** xdpw verify: what the kernel's verifier says of each program. */
import type { ProgramVerdict, Verdict } from "../../protocol/verify.ts";
import { inputAt } from "./checked.ts";
import { type Answer, type CommandContext, neededArgument, type Paint } from "./command.ts";
import { parseSettings } from "./load-flags.ts";
import { columns } from "./columns.ts";
import { diagnosticLines, shortPath, telling } from "./diagnostic-lines.ts";

export async function runVerify(context: CommandContext): Promise<Answer> {
  const { typed, cwd, workbench, handlers, note, paint } = context;
  const input = inputAt(neededArgument(typed, 0), cwd);
  // Where root needs no asking, its helper starts while clang works.
  void workbench.helpers.elevatedIfFree();
  const verdict = await handlers["verify.verify"]({ input, load: parseSettings(typed) }, context);
  for (const remark of verdict.build.notes) note(`note: ${remark}`);
  return { ok: verdict.accepted, text: verdictText(verdict, cwd, paint), json: { value: verdictJson(verdict) } };
}

export function verdictJson({ accepted, programs, diagnostics }: Verdict) {
  return {
    accepted,
    programs: programs.map(({ name, section, type, accepted: good, instructions }) => ({
      name,
      section,
      type,
      accepted: good,
      instructions,
    })),
    diagnostics,
    log: joinLogs(programs),
  };
}

/** One program's log as it is; of several, each behind a line with its name. */
function joinLogs(programs: readonly ProgramVerdict[]): string {
  const [only, ...others] = programs;
  if (only !== undefined && others.length === 0) return only.log;
  return programs.map(({ name, log }) => `program ${name}:\n${log}${log.endsWith("\n") ? "" : "\n"}`).join("");
}

export function verdictText(verdict: Verdict, cwd: string, paint: Paint): string {
  const path = shortPath(verdict.build.path, cwd);
  const lines = diagnosticLines(verdict.diagnostics, cwd, paint).map((line) => `${line}\n`);
  if (!verdict.build.ok) return `${lines.join("")}${paint.red("not built")}: ${path} does not compile\n`;
  if (verdict.programs.length === 0) return `${lines.join("")}${path}: it holds no program\n`;
  const rows = verdict.programs.map((program) => [
    program.accepted ? "accepted" : "rejected",
    program.name,
    program.section,
    `${program.instructions}`,
    program.accepted ? `${program.processed}` : "",
    program.accepted && program.jitedBytes > 0 ? `${program.jitedBytes}` : "",
  ]);
  const header = ["verdict", "program", "section", "instructions", "walked", "jited bytes"];
  const table = columns(header, rows, { head: paint.dim, right: [3, 4, 5] })
    .replaceAll(/^accepted/gm, (word) => paint.green(word))
    .replaceAll(/^rejected/gm, (word) => paint.red(word));
  const logs = verdict.programs
    .filter((program) => !program.accepted)
    .flatMap((program) => telling(program.log).map((line) => `${paint.dim(`  ${line}`)}\n`));
  const more = logs.length === 0 ? "" : paint.dim("  (the whole log: xdpw verify --json)\n");
  return `${lines.join("")}${logs.join("")}${more}${table}`;
}
