/** The window: page load to an editor that takes text, what is transferred for that, and what the processes hold. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { chromium } from "@playwright/test";
import { findChromium } from "../build/chromium.mjs";
import { median, say } from "./statistics.ts";

const loads = 5;

export async function benchWindow(url: string): Promise<void> {
  const browser = await chromium.launch({
    executablePath: findChromium() ?? "chromium",
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--disable-background-networking"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    const scripts = new Map<string, number>();
    page.on("response", async (response) => {
      if (!response.url().includes(".js")) return;
      const body = await response.body().catch(() => null);
      if (body) scripts.set(response.url(), gzipSync(body).length);
    });
    await page.goto(url);
    await page
      .getByRole("button", { name: /^Open Packet counters/ })
      .first()
      .click();
    await page.locator(".monaco-editor .view-line").first().waitFor();
    const times: number[] = [];
    for (let load = 0; load < loads; load++) {
      // The open file comes back by itself: what is timed is the whole way to its first painted line.
      await page.reload({ waitUntil: "commit" });
      await page.locator(".monaco-editor .view-line").first().waitFor();
      times.push(await page.evaluate(() => performance.now()));
    }
    say("page load to editor ready (median)", `${median(times).toFixed(0)} ms`);
    const initial = [...scripts]
      .filter(([script]) => !script.includes("worker"))
      .reduce((sum, [, bytes]) => sum + bytes, 0);
    say("JavaScript loaded until the editor is ready, gzip", `${(initial / 1e6).toFixed(2)} MB`, "<= 1.6 MB");
  } finally {
    await browser.close();
  }
}

/** Proportional set size: what the process itself costs, its share of shared pages included (proc(5), smaps_rollup). */
export function benchMemory(processes: Readonly<Record<string, number>>): void {
  for (const [name, pid] of Object.entries(processes)) {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    const kilobytes = (field: string): number =>
      Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(rollup)?.[1] ?? Number.NaN);
    say(`idle memory of ${name}: Pss`, `${(kilobytes("Pss") / 1024).toFixed(1)} MiB`);
    say(
      `idle memory of ${name}: private`,
      `${((kilobytes("Private_Dirty") + kilobytes("Private_Clean")) / 1024).toFixed(1)} MiB`,
    );
  }
}
