/** The browser door as a process: prints one JSON line with its URL and port, ends on SIGINT and SIGTERM. */
import "vscode-jsonrpc/node";
import { parseArgs } from "node:util";
import { Failed } from "../../protocol/failures.ts";
import { rendererRoot } from "../paths.ts";
import { serveWindow } from "../server/serve-workbench.ts";
import { startServer } from "../server/start-server.ts";
import { createWorkbench } from "../workbench.ts";

const { values } = parseArgs({ options: { port: { type: "string" } } });
const port = values.port === undefined ? null : Number(values.port);
if (port !== null && !(Number.isInteger(port) && port >= 0 && port <= 65535)) {
  process.stderr.write(`--port ${values.port}: not a port; 0 to 65535, 0 for any free one\n`);
  process.exit(2);
}
const trouble = (what: string): void => void process.stderr.write(`${what}\n`);

const workbench = createWorkbench({ terminal: process.stdin.isTTY === true && process.stderr.isTTY === true });
try {
  const server = await startServer({
    port,
    root: rendererRoot(),
    connected: (pipe) => serveWindow(workbench, pipe, trouble),
  });
  const end = (): void => {
    void Promise.all([server.close(), workbench.close()]).then(() => process.exit(0));
  };
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  process.once("SIGHUP", end);
  process.stdout.write(`${JSON.stringify({ url: server.url, port: server.port })}\n`);
} catch (error) {
  if (!(error instanceof Failed)) throw error;
  process.stderr.write(`${error.message}\n`);
  await workbench.close();
  process.exit(3);
}
