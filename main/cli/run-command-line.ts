/** One run of xdpw: help, version and mistakes answered at once, a command run. */
import type { Failure } from "../../protocol/failures.ts";
import type { Workbench, WorkbenchSession } from "../workbench.ts";
import type { CommandContext, CommandSpec, Person } from "./command.ts";
import { exitCodes } from "./exit-codes.ts";
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
  /** null where standard input or standard error is no terminal */
  readonly person: Person | null;
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
      // Schemas and all that: help and version do without.
      return (await import("./run-command.ts")).runCommand(line.spec, line.typed, around);
  }
}
