/** One run of xdpw: parse, open a workbench, run the command, say the answer, close everything. */
import { Failed, type Failure } from "../../protocol/failures.ts";
import type { Workbench, WorkbenchSession } from "../workbench.ts";
import type { Answer, CommandContext, CommandSpec, Text } from "./command.ts";
import { exitCode, exitCodes } from "./exit-code.ts";
import { failureText } from "./failure-text.ts";
import { commandHelp, overview, usageLine } from "./help.ts";
import { createPaint, wantsColours } from "./paint.ts";
import { parseCommandLine } from "./parse-command-line.ts";

/** What a run has of its process. */
export interface Surroundings {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly terminal: { readonly stdout: boolean; readonly stderr: boolean };
  /** resolves when more may be written */
  readonly stdout: (text: string | Uint8Array) => Promise<void>;
  readonly stderr: (text: string) => void;
  readonly version: () => string;
  /** loads what a command needs: help and version do without. `tell` gets lines that a person may want to see */
  readonly open: (tell: Tell) => Promise<Opened>;
}

export interface Tell {
  /** how far long work is */
  readonly progress: (text: string) => void;
  /** the equivalent commands of what was done */
  readonly commands: (lines: readonly string[]) => void;
}

export interface Opened {
  readonly workbench: Workbench;
  readonly handlers: WorkbenchSession["handlers"];
  readonly token: CommandContext["token"];
}

/** Returns the exit status; never throws. */
export async function runCommandLine(
  argv: readonly string[],
  commands: readonly CommandSpec[],
  around: Surroundings,
): Promise<number> {
  const paint = createPaint(wantsColours(around.terminal.stdout, around.environment));
  const aside = createPaint(wantsColours(around.terminal.stderr, around.environment));
  const line = parseCommandLine(argv, commands);
  switch (line.kind) {
    case "version":
      await around.stdout(`xdpw ${around.version()}\n`);
      return exitCodes.done;
    case "help": {
      const [only, ...others] = line.specs;
      const text =
        only !== undefined && others.length === 0
          ? commandHelp(only, paint)
          : overview(line.specs, around.version(), paint);
      await around.stdout(text);
      return exitCodes.done;
    }
    case "wrong": {
      const failure: Failure = { kind: "usage", message: line.message };
      if (argv.includes("--json")) await around.stdout(`${JSON.stringify({ failure })}\n`);
      else {
        const [only, ...others] = line.specs;
        const hint = only && others.length === 0 ? `usage: ${usageLine(only)}` : "xdpw --help lists the commands";
        around.stderr(`${aside.red("xdpw:")} ${line.message}\n${hint}\n`);
      }
      return exitCodes.usage;
    }
    case "run":
      break;
  }

  const { spec, typed } = line;
  const json = typed.flags["json"] === true;
  const note = (text: string): void => {
    if (!json) around.stderr(`${aside.dim(text)}\n`);
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
      commands: showCommands,
    });
    if (answer === null) return exitCodes.done;
    await show(answer);
    return answer.ok ? exitCodes.done : exitCodes.no;
  } catch (error) {
    // What a signal stopped is not a failure of its own, whatever it was in the middle of.
    if (opened?.token.isCancellationRequested === true) {
      return say(new Failed({ kind: "cancelled", message: `${spec.words.join(" ")}: interrupted` }));
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
