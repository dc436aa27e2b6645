/** One run of xdpw: help, version and mistakes answered at once, a command run. */
import type { Failure } from "../../protocol/failures.ts";
import type { CommandSpec } from "./command.ts";
import { exitCodes } from "./exit-codes.ts";
import { commandHelp, overview, usageLine } from "./help.ts";
import { createPaint, wantsColours } from "./paint.ts";
import { parseCommandLine } from "./parse-command-line.ts";
import type { Surroundings } from "./surroundings.ts";

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
