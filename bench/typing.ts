/**
 * While somebody types in a file of 2,000 lines, clangd and verdicts while typing on: the time from each key to the frame
 * that shows it; and how many frames pass between a verdict's arrival in the page and the frame with its marker.
 * Counted in the page itself, by what it hears and draws: a tracing of the browser would cost what it measures.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { findChromium } from "../build/chromium.mjs";
import { longSource, rejectedRead } from "./long-source.ts";
import { median, percentile, say } from "./statistics.ts";
import { inPage, type Watched } from "./typing-page.ts";

/** ms between two keys: 60 to 140, so about ten a second */
const pace = { least: 60, most: 140 };
const rounds = 4;
const verdicts = 12;

export async function benchTyping(url: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "xdpw-bench-typing-"));
  const browser = await chromium.launch({
    executablePath: findChromium() ?? "chromium",
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--disable-background-networking"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    await page.addInitScript(inPage);
    await page.goto(url);
    const path = join(folder, "long.bpf.c");
    const { text, line } = longSource(2_000);
    writeFileSync(path, text);
    await open(page, path);
    await keys(page, line);
    await markers(page, line);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

async function open(page: Page, path: string): Promise<void> {
  await page
    .getByRole("button", { name: /^Open Packet counters/ })
    .first()
    .waitFor();
  await page.keyboard.press("Control+O");
  await page.getByRole("textbox", { name: "Path" }).fill(path);
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: /source\. Ctrl\+M/ }).waitFor({ state: "attached" });
  await page.locator(".monaco-editor.focused").waitFor({ state: "attached" });
  await page.keyboard.press("Control+S");
  await page.getByRole("status", { name: "Verdict" }).filter({ hasText: "accepted" }).waitFor();
  // clangd has read it when it offers what it found
  await page.waitForTimeout(4_000);
}

async function goTo(page: Page, line: number): Promise<void> {
  await page.keyboard.press("Control+G");
  // the box is there with its colon
  await page.getByText(/^Type a line number to go to/).waitFor();
  await page.keyboard.type(`${line}`);
  await page.keyboard.press("Enter");
  await page.getByText(`Ln ${line}, Col`).waitFor();
  await page.locator(".monaco-editor.focused").waitFor({ state: "attached" });
  await page.keyboard.press("End");
  await page.waitForTimeout(100);
}

/** What is typed in a round, with a completion taken from the list in the middle of it. */
const typed = [
  "\n__u32 length = data_end - data;",
  "\nif (eth->h_pro",
  "TAKE",
  " == bpf_htons(ETH_P_IPV6))",
  "\ncount(&pack",
  "TAKE",
  ", ctx->rx_queue_index, length);",
  "\n/* a pause, and what was typed is checked */",
];

async function keys(page: Page, line: number): Promise<void> {
  let seed = 7;
  const next = (): number => {
    seed = (seed * 48_271) % 0x7fffffff;
    return pace.least + (seed % (pace.most - pace.least));
  };
  for (let round = -1; round < rounds; round++) {
    await goTo(page, line);
    if (round >= 0) await page.evaluate(() => (globalThis as unknown as Watched).xdpwBench.watch(true));
    for (const words of typed) {
      if (words === "TAKE") {
        const offered = page.locator(".suggest-widget.visible .monaco-list-row").first();
        await offered.waitFor({ timeout: 3_000 }).catch(() => undefined);
        await page.waitForTimeout(200);
        if (await offered.isVisible()) await page.keyboard.press("Enter");
        await page.waitForTimeout(next());
        continue;
      }
      for (const letter of words) {
        await page.keyboard.press(letter === "\n" ? "Enter" : letter);
        await page.waitForTimeout(next());
      }
    }
    await page.waitForTimeout(700);
    await page.evaluate(() => (globalThis as unknown as Watched).xdpwBench.watch(false));
    await goTo(page, line + 1);
    for (const words of typed) if (words.startsWith("\n")) await page.keyboard.press("Control+Shift+K");
  }
  const { shown, lost, presented, slowest } = await page.evaluate(() =>
    (globalThis as unknown as Watched).xdpwBench.keys(),
  );
  const what = `typing in 2,000 lines, clangd on, ${shown.length} keys: key to paint`;
  say(`${what}, p50`, `${median(shown).toFixed(1)} ms`);
  say(`${what}, p95`, `${percentile(shown, 95).toFixed(1)} ms`, "< 32 ms");
  say(`${what}, longest`, `${Math.max(...shown).toFixed(1)} ms`);
  say("  as the browser's event timing has it (steps of 8 ms), p95", `${percentile(presented, 95).toFixed(0)} ms`);
  say("  keys that were never shown", String(lost));
  if (process.env["XDPW_BENCH_DETAILS"] !== undefined) say("  slowest", JSON.stringify(slowest));
}

/** A read without its check is typed and taken back: each time a verdict comes in that way, its marker has to. */
async function markers(page: Page, line: number): Promise<void> {
  for (let round = 0; round < verdicts; round++) {
    await goTo(page, line);
    await page.keyboard.press("Enter");
    await page.keyboard.insertText(rejectedRead);
    await page.locator(".squiggly-error").first().waitFor();
    await page.waitForTimeout(200);
    await page.keyboard.press("Control+Shift+K");
    await page.waitForFunction(() => document.querySelector(".squiggly-error") === null);
    await page.waitForTimeout(200);
  }
  const frames = await page.evaluate(() => (globalThis as unknown as Watched).xdpwBench.markers());
  const counted = frames.map(({ frames: passed }) => passed);
  say(`verdict to painted marker, ${counted.length} verdicts: frames, median`, median(counted).toFixed(0));
  say("verdict to painted marker: frames, most", Math.max(...counted).toFixed(0), "<= 1");
  say("verdict to painted marker, median", `${median(frames.map(({ milliseconds }) => milliseconds)).toFixed(1)} ms`);
}
