/** The built window's tables of maps: edited, staged, counted. */
import type { Page } from "@playwright/test";
import { beforeEach, describe, expect, test } from "vitest";
import type { Fake } from "./fake-workbench.ts";
import { stepsOn } from "./window-steps.ts";
import { noChromium, useWindows } from "./windows.ts";

const waits = 15_000;

describe.skipIf(noChromium)("tables of the window (skipped without a Chromium)", () => {
  const windows = useWindows({ waits });
  let fake: Fake;
  let page: Page;
  beforeEach(async () => {
    fake = windows.fake();
    page = await windows.open();
  });

  const { changes, grid, attachInLab, openMap, focused } = stepsOn(() => page, waits);

  test("traffic counts in the map, and the changed cells are marked for a moment", async () => {
    await attachInLab();
    await openMap("xdp_stats_map");
    const cell = grid("xdp_stats_map")
      .getByRole("row", { name: /XDP_PASS/ })
      .getByRole("gridcell")
      .nth(2);
    expect(await cell.textContent()).toBe("18,204");
    fake.count(1000);
    await page.locator(".grid-cell.changed").first().waitFor();
    expect(await cell.textContent()).toBe("19,204");
    await page.locator(".grid-cell.changed").first().waitFor({ state: "detached" });
  });

  test("a cell is edited with keys; what is wrong with it is said beneath, and what was typed stays", async () => {
    await attachInLab();
    await openMap("xdp_stats_map");
    await page.getByRole("tab", { name: "xdp_stats_map" }).focus();
    const inGrid = () => page.evaluate(() => document.activeElement?.getAttribute("role") === "gridcell");
    for (let presses = 0; presses < 10 && !(await inGrid()); presses++) await page.keyboard.press("Tab");
    await page.keyboard.press("End");
    await page.keyboard.press("F2");
    await page.keyboard.type("12x");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("“12x” is not a number").waitFor();
    expect(await page.getByRole("textbox", { name: "New value of rx_bytes" }).inputValue()).toBe("12x");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Control+Enter");
    const cell = grid("xdp_stats_map")
      .getByRole("row", { name: /XDP_ABORTED/ })
      .getByRole("gridcell")
      .last();
    await cell.getByText("12", { exact: true }).waitFor();
    await changes("xdp_stats_map").getByText("1 row of xdp_stats_map is as asked").waitFor();
    expect(await focused()).toBe("12");
  });

  test("a table as a spreadsheet: edits are staged, seen, applied, taken back and done again", async () => {
    await attachInLab();
    await openMap("xdp_stats_map");
    const bar = changes("xdp_stats_map");
    const cell = (row: RegExp) => grid("xdp_stats_map").getByRole("row", { name: row }).getByRole("gridcell").last();
    const was = (await cell(/XDP_DROP/).textContent()) ?? "";
    await cell(/XDP_ABORTED/).focus();
    // a cell that was only looked at stays what it is, however it counts meanwhile
    await cell(/XDP_PASS/).focus();
    await page.keyboard.press("F2");
    fake.count(1);
    await page.keyboard.press("Enter");
    await expect.poll(async () => page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("gridcell");
    expect(await bar.count()).toBe(0);
    await cell(/XDP_ABORTED/).focus();
    // typing begins over what the cell has, Enter goes down, Tab to the next cell that can be typed into
    await page.keyboard.type("5");
    await page.keyboard.press("Enter");
    await bar.getByText("1 changed").waitFor();
    await page.keyboard.press("F2");
    await page.keyboard.type("6");
    await page.keyboard.press("Shift+Tab");
    await bar.getByText("2 changed").waitFor();
    await expect
      .poll(async () => page.evaluate(() => document.activeElement?.getAttribute("data-column")))
      .toBe("rx_packets");
    expect(
      await cell(/XDP_DROP/)
        .locator("ins")
        .textContent(),
    ).toBe("6");
    await bar.getByRole("button", { name: "Review" }).click();
    await bar
      .getByRole("region", { name: "What will change" })
      .getByRole("row", { name: /changed/ })
      .nth(1)
      .waitFor();
    // staged edits are taken back one by one, and done again
    await cell(/XDP_DROP/).focus();
    await page.keyboard.press("Control+z");
    await bar.getByText("1 changed").waitFor();
    await page.keyboard.press("Control+Shift+z");
    await bar.getByText("2 changed").waitFor();
    await page.keyboard.press("Control+Enter");
    await bar.getByText("2 rows of xdp_stats_map are as asked").waitFor();
    await expect.poll(() => cell(/XDP_DROP/).textContent()).toBe("6");
    await page.keyboard.press("Control+z");
    await bar.getByText(/^Taken back: 2 rows/).waitFor();
    await expect.poll(() => cell(/XDP_DROP/).textContent()).toBe(was);
    await page.keyboard.press("Control+y");
    await bar.getByText(/^Applied again: 2 rows/).waitFor();
    await expect.poll(() => cell(/XDP_DROP/).textContent()).toBe("6");
    // once that is not told any more, a key alone writes nothing
    await bar.getByRole("button", { name: "Dismiss" }).click();
    await cell(/XDP_DROP/).focus();
    await page.keyboard.press("Control+z");
    await page
      .getByRole("alertdialog", { name: /^Take back 2 changed/ })
      .getByRole("button", { name: "Cancel" })
      .click();
    expect(await cell(/XDP_DROP/).textContent()).toBe("6");
    // the value that is filled down is that of the first row, staged or not
    await cell(/XDP_ABORTED/).focus();
    await page.keyboard.type("9");
    await page.keyboard.press("Enter");
    await bar.getByText("1 changed").waitFor();
    await cell(/XDP_ABORTED/).focus();
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Control+d");
    await bar.getByText("3 changed").waitFor();
    expect(
      await cell(/XDP_PASS/)
        .locator("ins")
        .textContent(),
    ).toBe("9");
    // what somebody else changed meanwhile is a conflict, and stays
    fake.count(1000);
    await page.keyboard.press("Control+Enter");
    const conflicts = bar.getByRole("region", { name: "Conflicts" });
    await conflicts.getByRole("alert").getByText("1 row was changed by somebody else").waitFor();
    await conflicts.getByRole("button", { name: "Stage mine again: 2" }).click();
    await bar.getByText("1 changed").waitFor();
    await bar.getByRole("button", { name: "Apply" }).click();
    await bar.getByText("1 row of xdp_stats_map is as asked").waitFor();
    await expect.poll(() => cell(/XDP_PASS/).textContent()).toBe("9");
  });

  test("entries are added, pasted and deleted, and an empty map says what to do", async () => {
    await attachInLab();
    await page.getByRole("option", { name: "blocklist" }).click();
    await page.getByText("blocklist has no entries yet").waitFor();
    await page.getByRole("button", { name: "Add entry" }).click();
    const form = page.getByRole("form", { name: "New entry of blocklist" });
    await form.getByRole("textbox", { name: /prefix/ }).fill("192.0.2.0/24");
    await form.getByRole("textbox", { name: /packets/ }).fill("0");
    await form.getByRole("textbox", { name: /bytes/ }).fill("0");
    await page.keyboard.press("Enter");
    const bar = changes("blocklist");
    await bar.getByText("1 added").waitFor();
    await page.keyboard.press("Control+Enter");
    await grid("blocklist").getByRole("gridcell", { name: "192.0.2.0/24" }).focus();
    const text = "198.51.100.0/24\t1\t2\n203.0.113.0/24\t1\tx\n";
    await page.evaluate((block) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", block);
      document.activeElement?.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
      );
    }, text);
    await page.getByText("Could not paste all of it into blocklist").waitFor();
    await page.getByText(/^line 2: .*“x” is not a number/).waitFor();
    await bar.getByText("1 added").waitFor();
    await page.keyboard.press("Control+Enter");
    await grid("blocklist").getByRole("gridcell", { name: "198.51.100.0/24" }).waitFor();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await bar.getByText("2 removed").waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByText("blocklist has no entries yet").waitFor();
    await bar.getByRole("button", { name: "Undo" }).click();
    await grid("blocklist").getByRole("gridcell", { name: "192.0.2.0/24" }).waitFor();
  });

  test("ten thousand rows: only those in view are drawn, and the last is reached by key", async () => {
    await attachInLab();
    await openMap("flows");
    expect(await grid("flows").getByRole("row").count()).toBeLessThan(80);
    await grid("flows").getByRole("gridcell").first().focus();
    await page.keyboard.press("Control+End");
    await page.keyboard.press("Home");
    await expect.poll(focused).toBe("10.0.39.15");
  });

  test("a filter is applied with each key; what is wrong with it, and what may go on, waits until the keys rest", async () => {
    await attachInLab();
    await openMap("flows");
    const field = page.getByRole("searchbox", { name: "Filter" });
    const status = page.getByRole("status", { name: "Entries" });
    // from here on time stands still, but for what is said
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    await field.focus();
    await page.keyboard.type("10.0.39.15");
    await expect.poll(() => status.textContent()).toMatch(/^1 of 23,456 /);
    await page.keyboard.press("Escape");
    await expect.poll(() => status.textContent()).toMatch(/^23,456 /);

    // the beginning of packets: no text to look for yet
    await page.keyboard.type("pack");
    expect(await field.inputValue()).toBe("pack");
    expect(await status.textContent()).toMatch(/^23,456 /);
    await page.clock.runFor(1000);
    await expect.poll(() => status.textContent()).toMatch(/^0 of 23,456 /);

    await field.fill("colour == 3");
    expect(await page.getByRole("alert").filter({ hasText: "no column colour" }).count()).toBe(0);
    await page.clock.runFor(1000);
    await page.getByRole("alert").filter({ hasText: "no column colour" }).waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    await field.fill("10.0.39.15");
    await expect.poll(() => status.textContent()).toMatch(/^1 of 23,456 /);
    expect(await page.getByRole("alert").filter({ hasText: "no column colour" }).count()).toBe(0);
  });
});
