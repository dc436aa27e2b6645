/** One command from its words to its exit status: open a workbench, run, say the answer, close everything. */
import { Failed } from "../../protocol/failures.ts";
import type { Answer, CommandSpec, Text, Typed } from "./command.ts";
import { exitCode } from "./exit-code.ts";
import { exitCodes } from "./exit-codes.ts";
import { failureText } from "./failure-text.ts";
import { createPaint, wantsColours } from "./paint.ts";
import type { Opened, Surroundings } from "./surroundings.ts";
import { visibleLines } from "./visible.ts";

/** Never throws. */
export async function runCommand(spec: CommandSpec, typed: Typed, around: Surroundings): Promise<number> {
  const paint = createPaint(wantsColours(around.terminal.stdout, around.environment));
  const aside = createPaint(wantsColours(around.terminal.stderr, around.environment));
  const json = typed.flags["json"] === true;
  const note = (text: string): void => {
    if (!json) around.stderr(`${aside.dim(visibleLines(text))}\n`);
  };
  const showCommands = (lines: readonly string[]): void => {
    if (typed.flags["verbose"] === true) around.stderr(lines.map((text) => `${aside.dim(`$ ${text}`)}\n`).join(""));
  };
  const show = async (answer: Answer): Promise<void> => {
    if (!json) return write(answer.text, around.stdout);
    if ("value" in answer.json) return around.stdout(`${JSON.stringify(answer.json.value)}\n`);
    await write(answer.json.pieces, around.stdout);
    await around.stdout("\n");
  };
  const say = async (error: unknown): Promise<number> => {
    const known = error instanceof Failed ? error.failure : null;
    const failure = known ?? { kind: "internal", message: error instanceof Error ? error.message : String(error) };
    if (json) await around.stdout(`${JSON.stringify({ failure })}\n`);
    else if (known !== null) around.stderr(failureText(known, around.cwd, aside));
    else around.stderr(`${aside.red("xdpw:")} ${failure.message}\n`);
    if (known === null && typed.flags["verbose"] === true && error instanceof Error)
      around.stderr(`${error.stack ?? ""}\n`);
    return known === null ? exitCodes.environment : exitCode(known);
  };

  let opened: Opened | null = null;
  try {
    const run = spec.load();
    const progress = (text: string): void => {
      if (around.terminal.stderr) note(text);
    };
    opened = await around.open({ progress, commands: showCommands });
    const { workbench, handlers, token } = opened;
    const answer = await (await run)({
      typed,
      cwd: around.cwd,
      workbench,
      handlers,
      token,
      paint,
      note,
      show,
      person: json ? null : around.person,
      write: around.stdout,
      commands: showCommands,
    });
    if (answer === null) return exitCodes.done;
    await show(answer);
    return answer.ok ? exitCodes.done : exitCodes.no;
  } catch (error) {
    if (opened?.token.isCancellationRequested === true) {
      // What a signal stopped is not a failure of its own; what went wrong while stopping is worth a word.
      const stopped = error instanceof Failed && error.failure.kind === "cancelled";
      const more = stopped ? "" : `: ${error instanceof Error ? error.message : String(error)}`;
      return say(new Failed({ kind: "cancelled", message: `${spec.words.join(" ")}: interrupted${more}` }));
    }
    return say(error);
  } finally {
    await opened?.workbench.close();
  }
}

/** Pieces are gathered to some size: one write each would be slow, one for all would need all the memory. */
const pieceLength = 1 << 18;

async function write(text: Text, stdout: Surroundings["stdout"]): Promise<void> {
  if (typeof text === "string" || text instanceof Uint8Array) return stdout(text);
  let gathered = "";
  for (const piece of text) {
    gathered += piece;
    if (gathered.length < pieceLength) continue;
    await stdout(gathered);
    gathered = "";
  }
  if (gathered !== "") await stdout(gathered);
}
