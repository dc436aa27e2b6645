import "vscode-jsonrpc/node";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { workbench, workbenchNotifications } from "../../../protocol/contracts.ts";
import { Failed } from "../../../protocol/failures.ts";
import { connectPeer } from "../../../protocol/peer.ts";
import { maximumMessageBytes } from "../../../protocol/wire.ts";
import { serveWindow } from "../../../main/server/serve-workbench.ts";
import { type RunningServer, startServer, usualPort } from "../../../main/server/start-server.ts";
import { websocketPipe } from "../../../main/server/websocket-pipe.ts";
import { ask, dial, enter } from "./ask.ts";
import { type FakeWorkbench, fakeWorkbench } from "./fake-workbench.ts";

let root: string;
let fake: FakeWorkbench;
let server: RunningServer;
const troubles: string[] = [];

const start = (port: number | null): Promise<RunningServer> =>
  startServer({
    port,
    root: join(root, "renderer"),
    connected: (pipe) => serveWindow(fake.workbench, pipe, (what) => troubles.push(what)),
  });

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "xdpw-server-"));
  mkdirSync(join(root, "renderer/assets"), { recursive: true });
  writeFileSync(join(root, "renderer/index.html"), "<!doctype html><title>page</title>");
  writeFileSync(join(root, "renderer/assets/main-1a2b.js"), "export {};");
  writeFileSync(join(root, "secret.html"), "outside");
  fake = fakeWorkbench();
  troubles.length = 0;
  server = await start(0);
});

afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true });
});

describe("coming in", () => {
  test("the printed URL carries 256 bits, which are exchanged once for a cookie of the same strength", async () => {
    const url = new URL(server.url);
    expect(url.host).toBe(`127.0.0.1:${server.port}`);
    const token = url.searchParams.get("token") ?? "";
    expect(Buffer.from(token, "base64url")).toHaveLength(32);

    const first = await ask(server.port, `/?token=${token}`);
    expect(first.status).toBe(303);
    expect(first.headers["location"]).toBe("/");
    expect(first.headers["cache-control"]).toBe("no-store");
    const [cookie = ""] = first.headers["set-cookie"] ?? [];
    const [pair = "", ...attributes] = cookie.split("; ");
    expect(pair).toMatch(new RegExp(`^xdpw-${server.port}=[\\w-]{43}$`));
    expect(pair).not.toContain(token);
    expect(attributes).toEqual(["HttpOnly", "SameSite=Strict", "Path=/"]);

    const second = await ask(server.port, `/?token=${token}`);
    expect(second.status).toBe(401);
    expect(second.headers["set-cookie"]).toBeUndefined();
    expect(second.text).toContain("was used already");
    expect(server.url).toBe(`http://127.0.0.1:${server.port}/`);
    // who is inside already comes back to a clean address
    expect((await ask(server.port, `/?token=${token}`, { headers: { Cookie: pair } })).status).toBe(303);
  });

  test.each(["", "x", "A".repeat(43), "%00", "é".repeat(40)])("the token %j is refused", async (token) => {
    expect((await ask(server.port, `/?token=${encodeURIComponent(token)}`)).status).toBe(401);
    expect(server.url).toContain("?token=");
  });

  test("without a cookie nothing is served, and the answer says what to do", async () => {
    const answer = await ask(server.port, "/");
    expect(answer.status).toBe(401);
    expect(answer.text).toContain("URL that it printed");
    expect((await ask(server.port, "/assets/main-1a2b.js")).status).toBe(401);
    expect((await ask(server.port, "/", { headers: { Cookie: `xdpw-${server.port}=guess` } })).status).toBe(401);
  });

  test("two workbenches in one browser keep a cookie each", async () => {
    const other = await start(0);
    try {
      const cookies = `${await enter(server.port, server.url)}; ${await enter(other.port, other.url)}`;
      for (const { port } of [server, other]) {
        expect((await ask(port, "/", { headers: { Cookie: cookies } })).status).toBe(200);
      }
    } finally {
      await other.close();
    }
  });
});

describe("who is asked for, and by whom", () => {
  test.each([
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.nip.example:80",
    "127.0.0.2",
    "[::1]x",
    "a@localhost",
  ])("another name than ours is refused: %j", async (host) => {
    const cookie = await enter(server.port, server.url);
    const answer = await ask(server.port, "/", { headers: { Host: host, Cookie: cookie } });
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain("page");
  });

  test("a rebound name does not even spend the token", async () => {
    const { search } = new URL(server.url);
    expect((await ask(server.port, `/${search}`, { headers: { Host: "evil.example" } })).status).toBe(403);
    expect(server.url).toContain("?token=");
  });

  test("through a tunnel that ends at another port it is still us", async () => {
    const { search } = new URL(server.url);
    const entered = await ask(server.port, `/${search}`, { headers: { Host: "localhost:9000" } });
    const cookie = entered.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    expect(cookie).toMatch(/^xdpw-9000=/);
    expect((await ask(server.port, "/", { headers: { Host: "localhost:9000", Cookie: cookie } })).status).toBe(200);
    const socket = await dial(server.port, {
      Host: "localhost:9000",
      Origin: "http://localhost:9000",
      Cookie: cookie,
    });
    expect(socket).toBeInstanceOf(WebSocket);
    if (socket instanceof WebSocket) socket.terminate();
  });

  test.each(["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"])(
    "a page of the origin %j gets nothing",
    async (origin) => {
      const cookie = await enter(server.port, server.url);
      expect((await ask(server.port, "/", { headers: { Origin: origin, Cookie: cookie } })).status).toBe(403);
    },
  );

  test.each(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])("%s is not answered", async (method) => {
    const cookie = await enter(server.port, server.url);
    const answer = await ask(server.port, "/", { method, headers: { Cookie: cookie } });
    expect(answer.status).toBe(405);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test("it listens on loopback only", async () => {
    const elsewhere = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of elsewhere) {
      await expect(fetch(`http://${address}:${server.port}/`, { signal: AbortSignal.timeout(2000) })).rejects.toThrow();
    }
  });
});

describe("files", () => {
  test("come with a strict policy, and those with a hash in their names may be kept", async () => {
    const headers = { Cookie: await enter(server.port, server.url) };
    const page = await ask(server.port, "/", { headers });
    expect(page.status).toBe(200);
    expect(page.text).toContain("page");
    const policy = String(page.headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*/);
    expect(page.headers["x-content-type-options"]).toBe("nosniff");
    expect(page.headers["referrer-policy"]).toBe("no-referrer");
    expect(page.headers["cache-control"]).toBe("no-store");

    const script = await ask(server.port, "/assets/main-1a2b.js", { headers });
    expect(script.headers["content-type"]).toContain("text/javascript");
    expect(script.headers["cache-control"]).toContain("immutable");
    const head = await ask(server.port, "/assets/main-1a2b.js", { method: "HEAD", headers });
    expect([head.status, head.text, head.headers["content-length"]]).toEqual([200, "", "10"]);
  });

  test.each([
    "/../secret.html",
    "/..%2fsecret.html",
    "/%2e%2e/secret.html",
    "/assets/..%2f..%2fsecret.html",
    "/..%5csecret.html",
    "/%00.html",
    "/%ff.html",
    "/%",
    "/assets",
    "/nothing.html",
    "//",
    "///secret.html",
    "//evil.example/",
  ])("%s gives nothing from outside", async (path) => {
    const headers = { Cookie: await enter(server.port, server.url) };
    const answer = await ask(server.port, path, { headers });
    expect([400, 404]).toContain(answer.status);
    expect(answer.text).not.toContain("outside");
    expect((await ask(server.port, "/", { headers })).status).toBe(200);
  });

  test.each(["http://evil.example/", "*", "http://["])("a target that is no path is refused: %s", async (path) => {
    const headers = { Cookie: await enter(server.port, server.url) };
    expect((await ask(server.port, path, { headers })).status).toBe(400);
  });
});

describe("the WebSocket", () => {
  const own = (): string => `http://127.0.0.1:${server.port}`;

  test("is refused without the cookie, without our origin, and at another path", async () => {
    const cookie = await enter(server.port, server.url);
    expect(await dial(server.port, { Origin: own() })).toBe(401);
    expect(await dial(server.port, { Origin: own(), Cookie: `xdpw-${server.port}=guess` })).toBe(401);
    expect(await dial(server.port, { Cookie: cookie })).toBe(403);
    expect(await dial(server.port, { Cookie: cookie, Origin: "http://evil.example" })).toBe(403);
    expect(await dial(server.port, { Cookie: cookie, Origin: "http://127.0.0.1:1" })).toBe(403);
    expect(await dial(server.port, { Cookie: cookie, Origin: own(), Host: "evil.example" })).toBe(403);
    expect(await dial(server.port, { Cookie: cookie, Origin: own() }, "/other")).toBe(404);
    expect(fake.sessions.size).toBe(0);
  });

  const enterByWebSocket = async (): Promise<WebSocket> => {
    const socket = await dial(server.port, { Cookie: await enter(server.port, server.url), Origin: own() });
    if (!(socket instanceof WebSocket)) throw new Error(`refused with ${socket}`);
    return socket;
  };

  test("carries a session, whose end ends it", async () => {
    const socket = await enterByWebSocket();
    const heard: string[] = [];
    const peer = connectPeer(websocketPipe(socket), workbench, {
      serves: {},
      handlers: {},
      sends: {},
      hears: workbenchNotifications,
      notified: { "lab.progress": ({ text }) => heard.push(text) },
    });
    expect(await peer.request("session.commands", {})).toEqual({ commands: [] });
    await expect(peer.request("maps.list", {})).rejects.toThrow(Failed);
    await vi.waitFor(() => expect(fake.sessions.size).toBe(1));
    for (const notify of fake.sessions) notify("lab.progress", { text: "halfway" });
    await vi.waitFor(() => expect(heard).toEqual(["halfway"]));
    peer.close();
    await vi.waitFor(() => expect(fake.sessions.size).toBe(0));
  });

  test("refuses what is too long, binary or nonsense, and lives", async () => {
    const socket = await enterByWebSocket();
    const answers: { readonly id: unknown; readonly error?: unknown }[] = [];
    socket.on("message", (data: Buffer) => answers.push(JSON.parse(data.toString("utf8")) as { id: unknown }));
    const long = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "session.unlock",
      params: { what: "x".repeat(maximumMessageBytes) },
    });
    socket.send(long);
    socket.send(Buffer.from('{"jsonrpc":"2.0","id":2,"method":"session.commands"}'));
    socket.send("nonsense");
    socket.send('{"jsonrpc":"2.0","id":3,"method":"session.commands","params":{}}');
    await vi.waitFor(() => expect(answers).toHaveLength(4), { timeout: 10_000 });
    expect(answers.slice(0, 3).map(({ id }) => id)).toEqual([null, null, null]);
    expect(answers[0]?.error).toMatchObject({ data: { kind: "invalid-message" } });
    expect(answers[3]).toEqual({ jsonrpc: "2.0", id: 3, result: { commands: [] } });
    expect(fake.calls).toEqual(["session.commands"]);
    socket.terminate();
  });
});

describe("ports and the end", () => {
  test("a port that was asked for and is taken is a failure that names it", async () => {
    const error = await start(server.port).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Failed);
    expect(error instanceof Failed && error.failure).toMatchObject({ kind: "port-taken", port: server.port });
    expect(error instanceof Failed && error.message).toMatch(/^listen on port \d+: another program has it.*--port/);
  });

  test("where the usual port is taken, any free one does", async () => {
    const squatter = createServer();
    const taken = await new Promise<boolean>((resolve) => {
      squatter.once("error", () => resolve(false));
      squatter.listen(usualPort, "127.0.0.1", () => resolve(true));
    });
    const other = await start(null);
    try {
      expect(other.port).not.toBe(usualPort);
      expect((await ask(other.port, "/")).status).toBe(401);
    } finally {
      await other.close();
      if (taken) await new Promise((resolve) => squatter.close(resolve));
    }
  });

  test("close ends every connection and gives the port back", async () => {
    const cookie = await enter(server.port, server.url);
    const socket = await dial(server.port, { Cookie: cookie, Origin: `http://127.0.0.1:${server.port}` });
    if (!(socket instanceof WebSocket)) throw new Error(`refused with ${socket}`);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await server.close();
    await closed;
    await vi.waitFor(() => expect(fake.sessions.size).toBe(0));
    const next = createServer();
    await new Promise<void>((resolve, reject) => {
      next.once("error", reject);
      next.listen(server.port, "127.0.0.1", resolve);
    });
    expect((next.address() as AddressInfo).port).toBe(server.port);
    await new Promise((resolve) => next.close(resolve));
    server = await start(0);
  });
});
