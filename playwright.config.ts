import { defineConfig } from "@playwright/test";
import { findChromium } from "./build/chromium.mjs";

/** End-to-end specs run in the system's own Chromium: no browser is downloaded. */
export default defineConfig({
  testDir: "test/e2e",
  testMatch: "**/*.spec.ts",
  outputDir: ".cache/e2e",
  workers: 1,
  retries: 0,
  timeout: 60_000,
  forbidOnly: process.env["CI"] !== undefined,
  reporter: "list",
  use: {
    headless: true,
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
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
