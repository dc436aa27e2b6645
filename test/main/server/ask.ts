/** HTTP requests exactly as they are written: fetch would set Host and tidy up paths. */
import { request } from "node:http";
import { WebSocket } from "ws";

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function ask(port: number, path: string, { method = "GET", headers = {} }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port, path, method, headers: { Connection: "close", ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end();
  });
}

/** Goes in by the printed URL and gives the cookie. */
export async function enter(port: number, url: string): Promise<string> {
  const { status, headers } = await ask(port, new URL(url).pathname + new URL(url).search);
  if (status !== 303) throw new Error(`the token was not taken: ${status}`);
  return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}

/** An open WebSocket, or the HTTP status that it was refused with. */
export function dial(
  port: number,
  headers: Readonly<Record<string, string>>,
  path = "/rpc",
): Promise<WebSocket | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
    socket.once("open", () => resolve(socket));
    socket.once("unexpected-response", (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on("error", (error) => {
      if (!error.message.includes("before the connection was established")) reject(error);
    });
  });
}
