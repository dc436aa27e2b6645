/** The browser door: loopback only, static files, one WebSocket a window. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { Failed } from "../../protocol/failures.ts";
import type { Pipe } from "../../protocol/pipe.ts";
import { maximumMessageBytes } from "../../protocol/wire.ts";
import { createAdmission } from "./admission.ts";
import { readStatic, securityHeaders } from "./static-files.ts";
import { websocketPipe } from "./websocket-pipe.ts";

export const usualPort = 8471;

export interface ServerOptions {
  /** null: the usual port, or any free one where that is taken */
  readonly port: number | null;
  readonly root: string;
  readonly connected: (pipe: Pipe) => void;
}

export interface RunningServer {
  /** with the token, as long as nobody used it */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** @throws Failed `port-taken` where the port was asked for and somebody has it */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const admission = createAdmission();
  let port = 0;
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  // Over the limit by a little is refused with an answer; far over, ws ends the connection itself (1009).
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maximumMessageBytes * 2,
    perMessageDeflate: false,
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): void => {
      response.writeHead(status, { ...securityHeaders, "Content-Type": "text/plain; charset=utf-8", ...headers });
      response.end(text);
    };
    if (!admission.addressedToUs(request, port, false)) return reply(403, "This address is not the workbench's.\n");
    if (request.method !== "GET" && request.method !== "HEAD") return reply(405, "Only GET.\n", { Allow: "GET, HEAD" });
    const target = `http://localhost${request.url ?? "/"}`;
    if (request.url?.startsWith("/") !== true || !URL.canParse(target)) return reply(400, "Not a path.\n");
    const url = new URL(target);
    const token = url.searchParams.get("token");
    if (token !== null) {
      const cookie = admission.exchange(token, request);
      if (cookie !== null) return reply(303, "", { "Set-Cookie": cookie, Location: "/", "Cache-Control": "no-store" });
      if (admission.admits(request)) return reply(303, "", { Location: "/", "Cache-Control": "no-store" });
    }
    if (!admission.admits(request)) {
      return reply(
        401,
        token === null
          ? "Open the workbench with the URL that it printed when it started: it carries a token that lets you in once.\n"
          : "This token was used already, or it belongs to an earlier start. Start the workbench again for a new URL.\n",
        { "Cache-Control": "no-store" },
      );
    }
    const file = await readStatic(options.root, url.pathname);
    if (file === null) return reply(404, "No such file.\n");
    response.writeHead(200, { ...securityHeaders, ...file.headers, "Content-Length": file.body.length });
    response.end(request.method === "HEAD" ? undefined : file.body);
  }

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refuse = (status: string): void => void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    socket.on("error", () => undefined);
    if (!admission.addressedToUs(request, port, true)) return refuse("403 Forbidden");
    if (!admission.admits(request)) return refuse("401 Unauthorized");
    if (request.url !== "/rpc") return refuse("404 Not Found");
    sockets.handleUpgrade(request, socket, head, (webSocket) => options.connected(websocketPipe(webSocket)));
  });

  const listen = (wanted: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(wanted, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
  try {
    await listen(options.port ?? usualPort);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    if (options.port !== null) {
      throw new Failed({
        kind: "port-taken",
        port: options.port,
        message: `listen on port ${options.port}: another program has it (ss -ltnp "sport = :${options.port}" tells which): choose another with --port, or leave it out`,
      });
    }
    await listen(0);
  }
  port = (server.address() as AddressInfo).port;
  return {
    get url() {
      const token = admission.token();
      return `http://127.0.0.1:${port}/${token === null ? "" : `?token=${token}`}`;
    },
    port,
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
