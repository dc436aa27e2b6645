/** The Code tab and objects in the built window, over a workbench of sample data. */
import type { Page } from "@playwright/test";
import { beforeEach, describe, expect, test } from "vitest";
import { looker } from "../axe.ts";
import type { Fake } from "./fake-workbench.ts";
import { noChromium, useWindows } from "./windows.ts";

const waits = 15_000;

describe.skipIf(noChromium)("code (skipped without a Chromium)", () => {
  const windows = useWindows({ waits });
  let fake: Fake;
  let page: Page;
  beforeEach(async () => {
    fake = windows.fake();
    page = await windows.open();
  });

  const editor = () => page.getByRole("textbox", { name: /source\. Ctrl\+M/ });
  const code = (title: string) => page.getByRole("textbox", { name: new RegExp(`^${title} of program`) });
  const lit = () => page.locator("[data-lit]");
  const litLines = (where: string, kind = "lit") => page.locator(`${where} .view-overlays .cdr.${kind}`);
  async function openCounters(): Promise<void> {
    await page.getByRole("button", { name: "Open Packet counters" }).click();
    await expect.poll(() => editor().evaluate((one) => one === document.activeElement)).toBe(true);
    await page.keyboard.press("Control+s");
    await page.getByText(/saved → accepted/).waitFor();
  }
  async function goToLine(line: number): Promise<void> {
    await editor().focus();
    await page.keyboard.press("Control+g");
    await page.keyboard.type(`${line}`);
    await page.keyboard.press("Enter");
    await page.getByText(`Ln ${line}, Col`).waitFor();
  }
  const isFocused = (title: string) =>
    expect.poll(() => code(title).evaluate((one) => one === document.activeElement)).toBe(true); // prettier-ignore

  test("the cursor's line is lit on both sides, and the keyboard goes there and back", async () => {
    await openCounters();
    await goToLine(73);
    await page.keyboard.press("Alt+F12");
    await isFocused("Assembly");
    await page.getByText("from program.bpf.c:73").waitFor();
    expect(await litLines(".code-panel").count()).toBe(6);
    expect(await litLines(".source-panel").count()).toBe(1);
    await page.keyboard.press("ArrowUp");
    await page.getByText("from program.bpf.c:72").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Ln 72, Col").waitFor();
    await expect.poll(() => editor().evaluate((one) => one === document.activeElement)).toBe(true);
    await page.keyboard.press("Alt+F12");
    await isFocused("Assembly");
    await page.keyboard.press("Alt+F12");
    await page.getByText("Ln 72, Col").waitFor();
    // of what was inlined the line itself, and more faintly where it was inlined into
    await page.keyboard.press("Alt+7");
    await code("LLVM IR").waitFor({ state: "attached" });
    await goToLine(59);
    await expect.poll(() => lit().textContent()).toBe("program.bpf.c:59 · 4 lines from it, 14 lines inlined into it");
    expect(await litLines(".code-panel", "lit-outer").count()).toBeGreaterThan(0);
    await goToLine(1);
    await expect.poll(() => lit().textContent()).toBe("program.bpf.c:1 · no code");
    expect(await litLines(".code-panel").count()).toBe(0);
  });

  test("the mouse lights what it is on, on both sides, and a double click goes to C", async () => {
    await openCounters();
    await page.keyboard.press("Alt+8");
    await code("Assembly").waitFor({ state: "attached" });
    await goToLine(59);
    await page.locator(".source-panel .view-line").filter({ hasText: "return XDP_ABORTED" }).hover();
    await expect.poll(() => lit().textContent()).toBe("program.bpf.c:65 · no code");
    const instruction = page.locator(".code-panel .view-line").filter({ hasText: "xdp_stats_map" });
    await instruction.hover();
    await expect.poll(() => lit().textContent()).toBe("from program.bpf.c:62");
    expect(await litLines(".source-panel").count()).toBe(1);
    expect(await litLines(".code-panel").count()).toBe(2);
    await page.getByRole("tab", { name: "Problems" }).hover();
    await expect.poll(() => lit().textContent()).toContain("program.bpf.c:59");
    await instruction.dblclick();
    await page.getByText("Ln 62, Col").waitFor();
  });

  test("a source that does not build leaves the last code, marked; the tab comes back with the window", async () => {
    await openCounters();
    await page.keyboard.press("Alt+7");
    await code("LLVM IR").waitFor({ state: "attached" });
    await editor().focus();
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("broken ");
    await page.getByRole("status").filter({ hasText: "stale: the source does not build" }).waitFor();
    expect(await page.locator(".code-panel").textContent()).toContain("define");
    // first the space, then the word
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");
    await page.getByText("stale: the source").waitFor({ state: "detached" });
    await page.reload();
    await code("LLVM IR").waitFor({ state: "attached" });
  });

  test("translated and native code: of what runs, or as built now; without privilege a way to get it", async () => {
    await page.keyboard.press("Control+Shift+L");
    await page.getByText("The lab is up").waitFor();
    await openCounters();
    fake.setHelper({ state: "locked" });
    await page.keyboard.press("Alt+9");
    await page.locator(".code-panel").getByRole("button", { name: "Unlock" }).click();
    await code("Translated").waitFor({ state: "attached" });
    const loaded = page.getByRole("button", { name: /Loaded program$/ });
    expect(await loaded.textContent()).toContain("as built now");
    await page.getByRole("button", { name: "Attach", exact: true }).click();
    await expect.poll(() => loaded.textContent()).toContain("xdp_count · id 214 · port0");
    await page.getByText("BPF · id 214").waitFor();
    await page.keyboard.press("Alt+0");
    await page.getByText("x86-64 · id 214").waitFor();
    await page.getByRole("button", { name: /^Command lines/ }).click();
    await page.getByText("bpftool prog dump jited id 214 linum").waitFor();
    await loaded.click();
    await page.getByRole("option", { name: "as built now" }).click();
    await page.locator(".code-foot").getByText("x86-64", { exact: true }).waitFor();
  });

  test("an object opens in a tab of its own, is verified, attached, and there again the next time", async () => {
    await page.keyboard.press("Control+Shift+L");
    await page.getByText("The lab is up").waitFor();
    await page.getByRole("treegrid", { name: "Workspace" }).getByRole("row", { name: "program.o" }).click();
    const tree = page.getByRole("treegrid", { name: "Object of program.o" });
    await tree.getByRole("row", { name: /^xdp_count/ }).waitFor();
    await page.getByRole("searchbox", { name: "Filter the object" }).fill("rx_bytes");
    await tree.getByRole("row", { name: /struct datarec/ }).waitFor();
    expect(await tree.getByRole("row", { name: /^xdp_count/ }).count()).toBe(0);
    await page.getByRole("searchbox", { name: "Filter the object" }).fill("");
    await page.getByRole("button", { name: "Verify this object" }).click();
    await page.locator(".object-panel").getByText("accepted").waitFor();
    await page.getByRole("button", { name: "Attach it" }).click();
    await page.getByRole("status", { name: "Attached program" }).getByText("xdp_count").waitFor();
    await page.reload();
    await tree.waitFor();
    await page.getByRole("tab", { name: "program.o" }).waitFor();
  });

  test("what is neither a text nor an object is said, and nothing else is lost", async () => {
    await openCounters();
    await page.keyboard.press("Control+o");
    await page.getByRole("textbox", { name: "Path" }).fill("/home/ada/xdp/picture.bin");
    await page.keyboard.press("Enter");
    const messages = page.getByRole("region", { name: "Messages" });
    await messages.getByText("picture.bin is neither a text nor a BPF object").waitFor();
    await page.keyboard.press("Escape");
    await editor().waitFor({ state: "attached" });
  });

  test("no accessibility violations", async () => {
    await openCounters();
    const { look, found } = looker(page, { within: ".code-panel" });
    await goToLine(59);
    for (const [keys, title] of [
      ["Alt+7", "LLVM IR"],
      ["Alt+8", "Assembly"],
      ["Alt+9", "Translated"],
      ["Alt+0", "Native"],
    ] as const) {
      await page.keyboard.press(keys);
      await code(title).waitFor({ state: "attached" });
      await look(title);
    }
    await page.getByRole("button", { name: /^Command lines/ }).click();
    await look("commands");
    await page.keyboard.press("Alt+Shift+O");
    const tree = page.getByRole("treegrid", { name: /^Object of/ });
    await tree.getByRole("row", { name: /^xdp_count/ }).focus();
    await look("object tree");
    expect(found).toEqual([]);
  }, 240_000);
});
