/** Serves the built window and a contract's handlers as the browser's door does. */
import "vscode-jsonrpc/node";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { WebSocketServer } from "ws";
import { workbench, workbenchNotifications } from "../../protocol/contracts.ts";
import { connectPeer, type Handlers, type Peer } from "../../protocol/peer.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".ttf": "font/ttf",
  ".svg": "image/svg+xml",
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; connect-src 'self' ws:; worker-src 'self' blob:";

export type Client = Peer<Record<string, never>, typeof workbenchNotifications>;

interface Served {
  readonly handlers: Handlers<typeof workbench>;
  /** those that are connected */
  readonly clients: Set<Client>;
  /** the window is not known: nothing is answered */
  readonly refuses: () => boolean;
}

export interface WindowServer {
  readonly url: string;
  drop(): void;
  close(): Promise<void>;
}

/** `built`: the folder of the built window */
export async function serveWindow(built: string, { handlers, clients, refuses }: Served): Promise<WindowServer> {
  const server = createServer((request, response) => {
    if (refuses()) {
      response.writeHead(401).end();
      return;
    }
    const name = request.url === "/" ? "/index.html" : ((request.url ?? "").split("?")[0] ?? "");
    const file = join(built, name);
    if (name.includes("..") || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": types[extname(file)] ?? "application/octet-stream",
      "content-security-policy": policy,
    });
    response.end(readFileSync(file));
  });
  const sockets = new WebSocketServer({ server, path: "/rpc", verifyClient: () => !refuses() });
  sockets.on("connection", (socket) => {
    const client: Client = connectPeer(
      {
        send: (text) => socket.send(text),
        receive(pipe) {
          socket.on("message", (data: Buffer) => pipe.message(data.toString("utf8")));
          socket.on("close", () => pipe.closed());
        },
        close: () => socket.close(),
      },
      {},
      { serves: workbench, handlers, sends: workbenchNotifications, hears: {}, closed: () => clients.delete(client) },
    );
    clients.add(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const drop = (): void => {
    for (const socket of sockets.clients) socket.terminate();
  };
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/`,
    drop,
    async close() {
      drop();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
