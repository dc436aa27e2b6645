/** The built window in a real browser, which a file starts once, with a workbench of sample data and a context a test. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "@playwright/test";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { findChromium } from "../../build/chromium.mjs";
import { isStale } from "../../build/setup/stamps.mjs";
import { renderer } from "../../build/setup/targets.mjs";
import { type Fake, startFake } from "./fake-workbench.ts";

const root = join(import.meta.dirname, "../..");
const executablePath = findChromium();
const args = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"];

export const noChromium = executablePath === undefined;

export type Theme = "dark" | "light" | "contrast";

export interface Windows {
  /** of the test that runs */
  readonly fake: () => Fake;
  /** another window of the same browser; what it complains of fails the test */
  readonly open: (theme?: Theme) => Promise<Page>;
}

/** From the sources as they are now: a copy of what the set-up built, unless they changed since. */
async function buildWindow(folder: string): Promise<void> {
  if (!isStale(root, renderer)) {
    cpSync(join(root, "dist/renderer"), folder, { recursive: true, filter: (file) => !file.endsWith(".map") });
    return;
  }
  const build = { outDir: folder, sourcemap: false };
  await (await import("vite")).build({ configFile: join(root, "vite.config.ts"), logLevel: "error", build });
}

/** To be called inside of a `describe`, before its own `beforeEach`: they run in that order. */
export function useWindows({ waits = 15_000 } = {}): Windows {
  let built = "";
  let browser: Browser;
  let context: BrowserContext;
  let fake: Fake;
  let complaints: string[] = [];

  beforeAll(async () => {
    built = mkdtempSync(join(tmpdir(), "xdpw-window-"));
    await buildWindow(built);
    browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [...args, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(built, { recursive: true, force: true });
  });
  beforeEach(async () => {
    complaints = [];
    fake = await startFake(built);
    context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
    context.setDefaultTimeout(waits);
  });
  afterEach(async () => {
    await context.close();
    await fake.close();
    expect(complaints).toEqual([]);
  });

  return {
    fake: () => fake,
    async open(theme = "dark") {
      const page = await context.newPage();
      await page.emulateMedia({
        colorScheme: theme === "light" ? "light" : "dark",
        contrast: theme === "contrast" ? "more" : null,
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      // a policy that is broken shows here; a refused connection is what some tests make
      page.on("console", (message) => {
        if (message.type() === "error" && !/401|HTTP Authentication failed/.test(message.text()))
          complaints.push(message.text());
      });
      await page.goto(fake.url);
      // what was open last time takes the start page's place, maybe before anybody saw that
      const source = page.locator(".source-panel");
      await page.getByRole("button", { name: "Open Packet counters" }).or(source).first().waitFor();
      return page;
    },
  };
}
