import { defineConfig } from "@playwright/test";
import { findChromium } from "./build/chromium.mjs";
import type { Door } from "./test/electron/launch.ts";

/** They attach nothing and make no lab: what runs beside them sees at most a program that is loaded for its verdict. */
const attachNothing = [
  ...["explanations", "headers", "language", "legacy-maps", "new-from-template", "packet-tests", "patience"],
  ...["settings-completion", "step-through", "verifier", "workspace"],
].map((spec) => `**/${spec}.spec.ts`);
/** which specs the browser's project has: build/test.mjs runs them in two parts, side by side; without it all */
const part = process.env["XDPW_E2E_PART"];

/** End-to-end specs run in the system's own Chromium: no browser is downloaded. */
export default defineConfig<{ readonly door: Door }>({
  testDir: "test/e2e",
  // every spec behind the browser door; the main job behind the desktop door too, and in Electron where it is installed
  projects: [
    {
      name: "browser",
      use: { door: "browser" },
      ...(part === "attach nothing" ? { testMatch: attachNothing } : {}),
      ...(part === "attach" ? { testIgnore: attachNothing } : {}),
    },
    { name: "electron stand-in", testMatch: "**/main-flow-*.spec.ts", use: { door: "electron stand-in" } },
    { name: "electron", testMatch: "**/main-flow-*.spec.ts", use: { door: "electron" } },
  ],
  testMatch: "**/*.spec.ts",
  outputDir: part === "attach nothing" ? ".cache/e2e2" : ".cache/e2e",
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env["CI"] !== undefined,
  reporter: "list",
  use: {
    headless: true,
    actionTimeout: 15_000,
    launchOptions: {
      executablePath: findChromium() ?? "chromium",
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
    // without its film, which costs a third of a test's time; what the page held at each step is kept
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: true, sources: true },
    screenshot: "only-on-failure",
  },
});
