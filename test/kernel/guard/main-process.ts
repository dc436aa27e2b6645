/**
 * A main process of its own, to be killed: the workbench as the doors open it, behind a unix socket where each connection
 * is a window. `node main-process.mjs SOCKET`.
 */
import "vscode-jsonrpc/node";
import { createServer } from "node:net";
import { socketPipe } from "../../../main/helpers/socket-pipe.ts";
import { serveWindow } from "../../../main/server/serve-workbench.ts";
import { createWorkbench } from "../../../main/workbench.ts";

const workbench = createWorkbench({ terminal: false });
const server = createServer((socket) => serveWindow(workbench, socketPipe(socket), () => undefined));
server.listen(process.argv[2]);
// its stage went away
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
