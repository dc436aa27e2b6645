/** The built window in a real browser, over a workbench of sample data: looks, keys, and what is kept when things go wrong. */
import type { Page } from "@playwright/test";
import { beforeEach, describe, expect, test } from "vitest";
import { looker } from "../axe.ts";
import type { Fake } from "./fake-workbench.ts";
import { stepsOn } from "./window-steps.ts";
import { noChromium, useWindows } from "./windows.ts";

const waits = 15_000;

describe.skipIf(noChromium)("window (skipped without a Chromium)", () => {
  const windows = useWindows({ waits });
  let fake: Fake;
  let page: Page;
  beforeEach(async () => {
    fake = windows.fake();
    page = await windows.open();
  });

  const { openCounters, editor, verdict, changes, grid, attachInLab, openMap, focused } = stepsOn(() => page, waits);

  test("no accessibility violations, in every theme", async () => {
    const { look, found } = looker(page);
    await look("start");
    await attachInLab();
    await page.getByRole("tab", { name: "Verifier" }).click();
    await look("attached");
    await editor().focus();
    await page.keyboard.type("UNCHECKED");
    await page.getByRole("region", { name: "What the verifier knew" }).getByText("step 2 of 2").waitFor();
    await look("rejected");
    await page.keyboard.press("Control+z");
    await page.getByRole("region", { name: "Statistics of xdp_count" }).waitFor();
    await openMap("xdp_stats_map");
    await grid("xdp_stats_map")
      .getByRole("row", { name: /XDP_DROP/ })
      .getByRole("gridcell")
      .nth(2)
      .dblclick();
    await look("editing a cell");
    await page.keyboard.type("1");
    await page.keyboard.press("Enter");
    await changes("xdp_stats_map").getByRole("button", { name: "Review" }).click();
    await look("a staged change");
    fake.count(1);
    await changes("xdp_stats_map").getByRole("button", { name: "Apply" }).click();
    await page.getByText(/is as asked/).waitFor();
    await look("applied");
    await page.getByRole("tab", { name: "Traffic" }).click();
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("cell", { name: "not expected" }).waitFor();
    await look("traffic");
    await page.getByRole("tab", { name: "Commands" }).click();
    await page
      .getByRole("listbox", { name: "Interfaces of xdpw-lab", exact: true })
      .getByRole("option", { name: /port0/ })
      .click();
    await page.getByRole("region", { name: "Driver" }).waitFor();
    await look("interface and commands");
    await page.getByRole("button", { name: /Mode$/ }).click();
    await look("modes");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+o");
    await page.getByRole("dialog").waitFor();
    await look("open a file");
    expect(found).toEqual([]);
  }, 180_000);

  test("a rejection: a marker at its line, the telling line, the whole log, and the way back to the line", async () => {
    await openCounters();
    await page.keyboard.type("UNCHECKED");
    await page.keyboard.press("Control+s");
    await expect.poll(() => verdict().textContent()).toMatch(/saved → rejected/);
    await page.getByRole("tab", { name: "Problems" }).click();
    await page
      .getByRole("listbox", { name: "Problems" })
      .getByRole("option", { name: /Reading eth->h_proto takes/ })
      .click();
    await page.getByText("Ln 1, Col 1").waitFor();
    expect(await page.locator(".squiggly-error").count()).toBe(1);
    await page.getByRole("tab", { name: "Verifier" }).click();
    const why = page.getByRole("region", { name: "Why xdp_count was rejected" });
    await why.getByText("The kernel said: invalid access to packet, off=13 size=1").waitFor();
    expect(await why.getByRole("button", { name: "Insert the check" }).count()).toBe(0);
    await why.getByRole("button", { name: "Go to program.bpf.c:1" }).click();
    await page.getByText("Ln 1, Col 1").waitFor();

    const walk = page.getByRole("region", { name: "What the verifier knew" });
    const step = walk.getByRole("status", { name: "Step" });
    await walk.getByRole("row", { name: /r1/ }).getByText("packet pointer, offset 0").waitFor();
    expect(await step.textContent()).toBe("step 2 of 2");
    await walk.getByRole("group", { name: /^Log of xdp_count by C line/ }).focus();
    await page.keyboard.press("ArrowUp");
    await expect.poll(() => step.textContent()).toBe("step 1 of 2");
    await walk.getByRole("row", { name: /r1/ }).getByText("context (struct xdp_md)").waitFor();

    await page.getByRole("radio", { name: "Whole log" }).click();
    const log = page.getByRole("log", { name: "Log of xdp_count" });
    await log.getByText("processed 2 insns").waitFor();
    await page.getByRole("searchbox", { name: "Search the log of xdp_count" }).fill("r1_w");
    await page.getByText("1 of 1").waitFor();
  });

  test("typing is verified when it pauses, without a save and without an entry in the Commands panel", async () => {
    await openCounters();
    await page.keyboard.press("Control+s");
    await page.getByText(/^✓ accepted · 21 instructions · 3 states · stack 48 B/).waitFor({ state: "attached" });
    await page.keyboard.type("UNCHECKED");
    await page.getByText("✗ rejected at line 1 · missing bounds check · 61 ms").waitFor({ state: "attached" });
    expect(await page.locator(".squiggly-error").count()).toBe(1);
    expect(await verdict().textContent()).toBe("unsaved");
    await page.keyboard.press("Control+z");
    await page.getByText(/^✓ accepted · 21 instructions/).waitFor({ state: "attached" });
    expect(await page.locator(".squiggly-error").count()).toBe(0);
    await page.getByRole("tab", { name: "Commands" }).click();
    expect(await page.getByRole("list", { name: "Commands" }).getByRole("listitem").count()).toBe(1);

    await page.getByRole("tab", { name: "Verifier" }).click();
    await page
      .getByRole("region", { name: "Statistics of xdp_count" })
      .getByText(/34 of 1,000,000/)
      .waitFor();
    await page.getByText("Verify while typing").click();
    await editor().focus();
    await page.keyboard.type("UNCHECKED");
    await page.getByText(/^✓ accepted .* · edited since$/).waitFor({ state: "attached" });
    await page.getByRole("checkbox", { name: "Verify while typing" }).focus();
    await page.keyboard.press("Space");
    await page.getByText("✗ rejected at line 1 · missing bounds check · 61 ms").waitFor({ state: "attached" });
  });

  test("typing never asks for privilege: with a locked helper it is only built", async () => {
    fake.setHelper({ state: "locked" });
    fake.knobs.noPrivilege = true;
    await openCounters();
    await page.keyboard.type("/**/ ");
    await page.getByText("builds · not verified: the helper is locked").waitFor({ state: "attached" });
    expect(
      await page
        .getByRole("region", { name: "Messages" })
        .getByText(/needs root/)
        .count(),
    ).toBe(0);
  });

  test("without privilege a save still builds, and says that it was not verified", async () => {
    fake.knobs.noPrivilege = true;
    await openCounters();
    await page.keyboard.press("Control+s");
    await expect.poll(() => verdict().textContent()).toMatch(/saved → built .* not verified/);
    await page
      .getByRole("region", { name: "Messages" })
      .getByText(/needs root/)
      .waitFor();
  });

  test("a foreign program is asked about; Escape leaves it", async () => {
    await openCounters();
    await page.getByRole("option", { name: /docker0/ }).click();
    await page.getByRole("button", { name: "Attach", exact: true }).click();
    const question = page.getByRole("alertdialog", { name: /docker0 already runs lb_main \(id 77\)/ });
    await question.waitFor();
    expect(await focused()).toBe("Cancel");
    await page.keyboard.press("Escape");
    await question.waitFor({ state: "detached" });
    expect(await page.getByRole("status", { name: "Attached program" }).textContent()).toContain("lb_main");
    await page.getByRole("button", { name: "Detach" }).click();
    await page.getByRole("button", { name: "Detach it" }).click();
    await expect
      .poll(() => page.getByRole("status", { name: "Attached program" }).textContent())
      .toContain("no XDP program");
  });

  test("unsaved text comes back when the window is opened again, and a changed file is not overwritten unasked", async () => {
    await openCounters();
    await page.keyboard.type("/* mine */");
    await page.close();
    page = await windows.open("dark");
    await page.getByText("Unsaved text was restored").waitFor();
    expect(await page.locator(".view-line").first().textContent()).toContain("/*\u00a0mine\u00a0*/");
    fake.knobs.changedOnDisk = true;
    await editor().focus();
    await page.keyboard.press("Control+s");
    const question = page.getByRole("alertdialog", { name: /changed by somebody else/ });
    await question.getByRole("button", { name: "Cancel" }).click();
    expect(await page.locator(".view-line").first().textContent()).toContain("mine");
    await page.keyboard.press("Control+s");
    await question.getByRole("button", { name: "Overwrite the file" }).click();
    await expect.poll(() => verdict().textContent()).toMatch(/saved → accepted/);
  });

  test("what is opened while the last time's files are still being asked for stays open", async () => {
    let release = (): void => undefined;
    fake.knobs.draftsHeld = new Promise((resolve) => {
      release = resolve;
    });
    await page.close();
    page = await windows.open("dark");
    await openCounters();
    release();
    // a request of later is answered later: what follows the drafts has happened by then
    await page.keyboard.press("Control+s");
    await page.getByText(/saved → accepted/).waitFor();
    await expect.poll(focused, { timeout: waits }).toMatch(/^program\.bpf\.c, source/);
  });

  test("a dropped connection and a server that forgot us are said, and the window goes on after", async () => {
    await openCounters();
    // a refused script would be another story, and the editor fetches its worker for completion: at a word, not behind it
    await page.keyboard.type("kept");
    await expect.poll(() => page.workers().length).toBeGreaterThan(0);
    await Promise.all(page.workers().map((worker) => worker.evaluate(() => self.name)));
    await page.waitForLoadState("networkidle");
    fake.knobs.refuse = true;
    fake.dropConnections();
    await page.getByText("does not know this window").waitFor();
    await page.keyboard.type("and typed on");
    fake.knobs.refuse = false;
    await page.getByText("does not know this window").waitFor({ state: "hidden" });
    expect(await page.locator(".view-line").first().textContent()).toContain("kept");
    await page.keyboard.press("Control+s");
    await expect.poll(() => verdict().textContent()).toMatch(/saved → accepted/);
  });

  test("the helper's end is said, with a button that starts it again", async () => {
    fake.setHelper({ state: "gone", note: "killed by SIGKILL" });
    await page.getByText(/^The helper ended unexpectedly/).waitFor();
    await page.getByRole("button", { name: "Start it again" }).click();
    await page.getByText("● helper: root, 6 capabilities").waitFor();
  });

  test("F6 leads round the parts of the window, arrow keys through the menus", async () => {
    await openCounters();
    const seen: string[] = [];
    for (let step = 0; step < 5; step++) {
      await page.keyboard.press("F6");
      seen.push((await focused()).replace(/,.*/, ""));
    }
    expect(seen).toEqual(["Problems", "File", "Interface", "Workspace menu", "program.bpf.c"]);
    await page.getByRole("button", { name: "File", exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Open template" }).waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.getByRole("menuitem", { name: "Keyboard shortcuts" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("tab", { name: "Keyboard shortcuts" }).waitFor();
  });
});
