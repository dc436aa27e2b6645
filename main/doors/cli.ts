/** The command-line door: standard streams, signals and exit status around one run. Loads a workbench only for what needs one. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "../cli/commands.ts";
import { runCommandLine } from "../cli/run-command-line.ts";
import type { Opened, Tell } from "../cli/surroundings.ts";
import { programRoot } from "../paths.ts";

/** of a verifier that takes its time: a line each */
const toldEachSeconds = 5;

process.stdout.on("error", endQuietly);
process.stderr.on("error", endQuietly);

process.exitCode = await runCommandLine(process.argv.slice(2), commands, {
  cwd: process.cwd(),
  environment: process.env,
  terminal: { stdout: process.stdout.isTTY === true, stderr: process.stderr.isTTY === true },
  stdout: (text) => new Promise((resolve) => void process.stdout.write(text, () => resolve())),
  stderr: (text) => void process.stderr.write(text),
  person: process.stdin.isTTY === true && process.stderr.isTTY === true ? { lines, status } : null,
  version: () => (JSON.parse(readFileSync(join(programRoot(), "package.json"), "utf8")) as { version: string }).version,
  open,
});

async function open(tell: Tell): Promise<Opened> {
  // Installs the timers of the wire's library: before anything that uses them.
  const { CancellationTokenSource } = await import("vscode-jsonrpc/node");
  const { createWorkbench } = await import("../workbench.ts");
  const source = new CancellationTokenSource();
  let asked = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // The first asks the work to stop and clean up; whoever insists is obeyed. The helpers end with their connection.
      if (++asked > 1) process.exit(130);
      source.cancel();
    });
  }
  const workbench = createWorkbench({ terminal: process.stdin.isTTY === true && process.stderr.isTTY === true });
  const session = workbench.connect((notification, params) => {
    if (notification === "lab.progress" && "text" in params) tell.progress(params.text);
    if (notification === "verify.judging" && "program" in params && params.seconds % toldEachSeconds === 0)
      tell.progress(`the verifier has been at ${params.program} for ${params.seconds} s`);
    if (notification === "command.added" && "lines" in params) tell.commands(params.lines);
  });
  return {
    workbench,
    handlers: session.handlers,
    token: source.token,
  };
}

function lines(heard: (line: string) => void): () => void {
  let rest = "";
  const take = (chunk: string | Buffer): void => {
    const all = (rest + chunk.toString()).split("\n");
    rest = all.pop() ?? "";
    for (const line of all) heard(line);
  };
  process.stdin.on("data", take);
  return () => {
    process.stdin.off("data", take);
    // the process may end
    process.stdin.pause();
  };
}

function status(text: string): void {
  process.stderr.write(`\r\x1b[K${text}`);
}

/** Whoever read us went away (`xdpw map dump … | head`): nobody is left to tell. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
}
