/** The browser door as a process: prints one JSON line with its URL and port, ends on SIGINT and SIGTERM. */
import "vscode-jsonrpc/node";
import { parseArgs } from "node:util";
import { Failed } from "../../protocol/failures.ts";
import { rendererRoot } from "../paths.ts";
import { serveWindow } from "../server/serve-workbench.ts";
import { startServer } from "../server/start-server.ts";
import { createWorkbench } from "../workbench.ts";

const port = readPort(process.argv.slice(2));
const trouble = (what: string): void => void process.stderr.write(`${what}\n`);

const workbench = createWorkbench({ terminal: process.stdin.isTTY === true && process.stderr.isTTY === true });
try {
  workbench.openForWindows();
  const server = await startServer({
    port,
    root: rendererRoot(),
    connected: (pipe) => serveWindow(workbench, pipe, trouble),
  });
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    void Promise.all([server.close(), workbench.close()]).then(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  process.stdout.write(`${JSON.stringify({ url: server.url, port: server.port })}\n`);
} catch (error) {
  if (!(error instanceof Failed)) throw error;
  process.stderr.write(`${error.message}\n`);
  await workbench.close();
  process.exit(3);
}

/** null where none was asked for */
function readPort(args: readonly string[]): number | null {
  let given: string | undefined;
  try {
    given = parseArgs({ args: [...args], options: { port: { type: "string" } } }).values.port;
  } catch (error) {
    return misused(error instanceof Error ? error.message : String(error));
  }
  if (given === undefined) return null;
  if (/^\d{1,5}$/.test(given) && Number(given) <= 65535) return Number(given);
  return misused(`--port ${given}: not a port; 0 to 65535, 0 for any free one`);
}

function misused(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(2);
}
