/**
 * A real Chromium, driven over the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/). Our end is a
 * pair of pipes, which end it with us; a port is open beside them for whoever tests the window.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { findChromium } from "../../../build/chromium.mjs";

export type Fields = Readonly<Record<string, unknown>>;
export type Listener = (params: Fields) => void;

/** The browser's session, or that of one page. */
export interface Session {
  send(method: string, params?: Fields): Promise<Fields>;
  on(method: string, listener: Listener): void;
}

export interface Chromium {
  readonly browser: Session;
  /** for another DevTools client, Playwright for instance */
  readonly endpoint: string;
  page(sessionId: string): Session;
  close(): Promise<void>;
}

interface Waiting {
  resolve(result: Fields): void;
  reject(error: Error): void;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: Fields;
  readonly error?: { readonly message: string };
  readonly sessionId?: string;
}

const agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Electron/45.4.1";

export async function startChromium(): Promise<Chromium> {
  const executable = findChromium();
  if (executable === undefined) throw new Error("no browser of the Chromium family is installed");
  const cache = process.env["XDG_CACHE_HOME"] ?? tmpdir();
  mkdirSync(cache, { recursive: true });
  const profile = mkdtempSync(join(cache, "electron-"));
  const child = spawn(
    executable,
    [
      "--headless=new",
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--no-startup-window",
      "--remote-debugging-pipe",
      "--remote-debugging-port=0",
      `--user-agent=${agent}`,
      `--user-data-dir=${profile}`,
    ],
    { stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"] },
  );
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  void ended.then(() => rmSync(profile, { recursive: true, force: true, maxRetries: 3 }));
  const endpoint = await readEndpoint(child.stdio[2] as Readable, ended);
  const toBrowser = child.stdio[3] as Writable;
  const fromBrowser = child.stdio[4] as Readable;
  toBrowser.on("error", () => undefined);

  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, Listener[]>();
  let last = 0;
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error("Chromium ended"));
  });

  const session = (sessionId?: string): Session => ({
    send: (method, params = {}) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, { resolve, reject: (error) => reject(new Error(`${method}: ${error.message}`)) });
        toBrowser.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
      }),
    on(method, listener) {
      const key = `${sessionId ?? ""} ${method}`;
      listeners.set(key, [...(listeners.get(key) ?? []), listener]);
    },
  });
  readMessages(fromBrowser, ({ id, method, params, result, error, sessionId }) => {
    if (id !== undefined) {
      const asked = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) asked?.resolve(result ?? {});
      else asked?.reject(new Error(error.message));
    } else if (method !== undefined) {
      for (const listener of listeners.get(`${sessionId ?? ""} ${method}`) ?? []) listener(params ?? {});
    }
  });

  const browser = session();
  return {
    browser,
    endpoint,
    page: session,
    async close() {
      browser.send("Browser.close").catch(() => undefined);
      const timer = setTimeout(() => child.kill("SIGKILL"), 3000);
      await ended;
      clearTimeout(timer);
    },
  };
}

function readEndpoint(stderr: Readable, ended: Promise<void>): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    stderr.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString("utf8")).slice(-10_000);
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error(`Chromium ended before it could be reached: ${said}`)));
  });
}

/** NUL ends a message. */
function readMessages(stream: Readable, take: (message: Message) => void): void {
  let parts: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, start)) {
      parts.push(chunk.subarray(start, end));
      const text = Buffer.concat(parts).toString("utf8");
      parts = [];
      start = end + 1;
      take(JSON.parse(text) as Message);
    }
    parts.push(chunk.subarray(start));
  });
}
