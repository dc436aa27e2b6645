/**
 * A workbench behind one of its doors, with a Playwright page that shows it. Directories are private to it and go with it.
 * - browser: the server in a Chromium of its own;
 * - electron stand-in: the desktop door's real entry and preload script, over the stand-in for the module `electron`;
 * - electron: the desktop door in Electron itself, where its binary is installed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { _electron, type Browser, chromium, type Page } from "@playwright/test";
import { findChromium } from "../../build/chromium.mjs";
import { buildStandIn } from "./build-stand-in.ts";

export const doors = ["browser", "electron stand-in", "electron"] as const;
export type Door = (typeof doors)[number];

export const repository = join(import.meta.dirname, "../..");
const electronBinary = join(repository, "node_modules/electron/dist/electron");
const isRoot = process.getuid?.() === 0;

/** null where the door can be opened here */
export function whyNot(door: Door): string | null {
  if (door === "electron") {
    if (!existsSync(electronBinary)) return "Electron's binary is not installed";
    return process.env["DISPLAY"] || process.env["WAYLAND_DISPLAY"] ? null : "Electron needs a display";
  }
  return findChromium() === undefined ? "no browser of the Chromium family is installed" : null;
}

export interface OpenOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** the program's folder; the checkout unless said otherwise */
  readonly root?: string;
  /** the command around the main process, to run it in a namespace for instance */
  readonly inside?: (words: readonly string[]) => readonly string[];
  /** for the door `browser`: opens a context in this one */
  readonly browser?: Browser;
}

export interface OpenedWorkbench {
  readonly page: Page;
  /** XDG directories and HOME lie beneath it */
  readonly home: string;
  /** of the main process, or of the command around it */
  readonly pid: number;
  /** what main, and what stands in for Electron, wrote to standard error until now */
  errors(): string;
  /** resolves when the main process has ended */
  readonly ended: Promise<number | null>;
  /** as a user ends it: closes the window, or stops the server. @throws Error where that does not end it */
  close(): Promise<void>;
}

export const chromiumArguments: readonly string[] = [
  ...(isRoot ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function openWorkbench(door: Door, options: OpenOptions = {}): Promise<OpenedWorkbench> {
  const home = mkdtempSync(join(tmpdir(), "xdpw-door-"));
  const env = { ...process.env, ...privateDirectories(home), ...options.env } as Record<string, string>;
  try {
    if (door === "browser") return await openBrowser(home, env, options);
    return await (door === "electron" ? openElectron(home, env, options) : openStandIn(home, env, options));
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
}

export function privateDirectories(home: string): Readonly<Record<string, string>> {
  const runtime = join(home, "run");
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  return {
    HOME: home,
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_DATA_HOME: join(home, "data"),
    XDG_STATE_HOME: join(home, "state"),
    XDG_RUNTIME_DIR: runtime,
  };
}

async function openBrowser(home: string, env: Record<string, string>, options: OpenOptions): Promise<OpenedWorkbench> {
  const root = options.root ?? repository;
  const main = start([process.execPath, join(root, "dist/main/serve.js"), "--port", "0"], env, options, "ignore");
  const { url } = JSON.parse(await firstLine(main)) as { readonly url: string };
  const browser =
    options.browser ??
    (await chromium.launch({ executablePath: findChromium() ?? "chromium", args: [...chromiumArguments] }));
  const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
  const page = await context.newPage();
  await page.goto(url);
  return opened(page, home, main, async () => {
    await context.close();
    if (options.browser === undefined) await browser.close();
    main.child.kill("SIGTERM");
  });
}

async function openStandIn(home: string, env: Record<string, string>, options: OpenOptions): Promise<OpenedWorkbench> {
  const launcher = await buildStandIn(join(home, "stand-in"));
  const main = start([process.execPath, launcher, options.root ?? repository], env, options, "ipc");
  const [{ endpoint }] = (await Promise.race([once(main.child, "message"), diedEarly(main)])) as [{ endpoint: string }];
  const browser = await chromium.connectOverCDP(endpoint);
  const [context] = browser.contexts();
  if (context === undefined) throw new Error("the stand-in's Chromium has no context");
  const page = context.pages()[0] ?? (await Promise.race([context.waitForEvent("page"), diedEarly(main)]));
  await page.waitForURL(/^http:\/\/workbench\.app\.localhost\//);
  return opened(page, home, main, async () => {
    await page.close();
    await main.ended;
    await browser.close();
  });
}

async function openElectron(home: string, env: Record<string, string>, options: OpenOptions): Promise<OpenedWorkbench> {
  const application = await _electron.launch({
    executablePath: electronBinary,
    args: [...(isRoot ? ["--no-sandbox"] : []), options.root ?? repository],
    env,
  });
  const page = await application.firstWindow();
  const child = application.process();
  return opened(page, home, { child, ...watch(child) }, () => application.close());
}

interface Main {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  errors(): string;
}

function start(
  words: readonly string[],
  env: Record<string, string>,
  { inside, root }: OpenOptions,
  channel: "ignore" | "ipc",
): Main {
  const [file = "", ...rest] = inside === undefined ? words : inside(words);
  const child = spawn(file, rest, { env, cwd: root ?? repository, stdio: ["ignore", "pipe", "pipe", channel] });
  return { child, ...watch(child) };
}

function watch(child: ChildProcess): Pick<Main, "ended" | "errors"> {
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8");
  });
  return {
    ended: new Promise((resolve) => child.once("exit", (code) => resolve(code))),
    errors: () => said,
  };
}

async function diedEarly({ ended, errors }: Main): Promise<never> {
  const code = await ended;
  throw new Error(`the main process ended with ${code} before it could be used: ${errors()}`);
}

async function firstLine(main: Main): Promise<string> {
  if (main.child.stdout === null) throw new Error("the server has no standard output");
  const [line] = (await Promise.race([
    once(createInterface({ input: main.child.stdout }), "line"),
    diedEarly(main),
  ])) as [string];
  return line;
}

function opened(page: Page, home: string, main: Main, end: () => Promise<void>): OpenedWorkbench {
  const patience = 10_000;
  return {
    page,
    home,
    pid: main.child.pid ?? 0,
    errors: main.errors,
    ended: main.ended,
    async close() {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        main.child.kill("SIGKILL");
      }, patience);
      try {
        await end();
        await main.ended;
      } finally {
        clearTimeout(timer);
        rmSync(home, { recursive: true, force: true, maxRetries: 5 });
      }
      if (late) throw new Error(`the main process did not end within ${patience / 1000} s: ${main.errors()}`);
    },
  };
}
