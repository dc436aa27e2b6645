/** What goes wrong around a user, each answered by a clear word and nothing lost. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

const typed = "/* typed by the user */";

test.describe("files", () => {
  test("a file that vanished before it is saved is written anew or asked about, and the text stays", async ({
    workbench: { page, machine },
  }) => {
    await steps.openTemplate(page, "Pass");
    const path = join(machine.workspace, "pass/program.bpf.c");
    await page.keyboard.type(`${typed}\n`);
    rmSync(path);
    await page.keyboard.press("Control+Shift+S");
    await answerIfAsked(page, "Overwrite the file");
    await expect.poll(() => existsSync(path) && readFileSync(path, "utf8")).toContain(typed);
    await expectText(page, typed);
    await expect(page.getByText("unsaved")).toHaveCount(0);
  });

  test("a folder that vanished is said, and the text stays", async ({ workbench: { page, machine } }) => {
    await steps.openTemplate(page, "Pass");
    await page.keyboard.type(`${typed}\n`);
    rmSync(join(machine.workspace, "pass"), { recursive: true });
    await page.keyboard.press("Control+Shift+S");
    await answerIfAsked(page, "Overwrite the file");
    await expect(steps.messages(page)).toContainText(/[Ss]ave .*program\.bpf\.c: it is not there/);
    await expectText(page, typed);
    await expect(steps.verdict(page)).toHaveText("unsaved");
  });

  test("a file that others changed is asked about: cancel, reload and overwrite lose nothing", async ({
    workbench: { page, machine },
  }) => {
    await steps.openTemplate(page, "Pass");
    const path = join(machine.workspace, "pass/program.bpf.c");
    const theirs = "/* written by somebody else */\n";
    await page.keyboard.type(`${typed}\n`);
    writeFileSync(path, theirs);

    await page.keyboard.press("Control+S");
    const question = page.getByRole("alertdialog", { name: "program.bpf.c was changed by somebody else" });
    await question.getByRole("button", { name: "Cancel" }).click();
    await expect(question).toHaveCount(0);
    expect(readFileSync(path, "utf8")).toBe(theirs);
    await expectText(page, typed);

    await page.keyboard.press("Control+S");
    await question.getByRole("button", { name: "Reload from disk" }).click();
    await expectText(page, "written by somebody else");
    await expect(steps.editor(page)).toBeFocused();
    await page.keyboard.press("Control+Z");
    await expectText(page, typed);

    writeFileSync(path, `${theirs}\n`);
    await page.keyboard.press("Control+S");
    await question.getByRole("button", { name: "Overwrite the file" }).click();
    await expect.poll(() => readFileSync(path, "utf8")).toContain(typed);
    await expect(steps.verdict(page)).toContainText("saved →");
  });

  test("text that is no program is neither saved nor built by Attach", async ({ workbench: { page, machine } }) => {
    const path = await steps.openText(page, machine, "settings of mine.json", "{}\n");
    await page.keyboard.type(typed);
    await expect(page.getByRole("button", { name: /^Attach/ })).toBeDisabled();
    await page.keyboard.press("Control+Shift+A");
    await expect(steps.messages(page)).toContainText("settings of mine.json is no program");
    expect(readFileSync(path, "utf8")).toBe("{}\n");
    await expectText(page, typed);
  });

  test("a source of 10 MB and one of 20 MB are opened or refused with a word", async ({
    workbench: { page, machine },
  }) => {
    const line = `/* ${"x".repeat(93)} */\n`;
    await steps.openText(page, machine, "large.c", line.repeat(100_000));
    await page.keyboard.press("Control+S");
    await expect(steps.verdict(page)).toContainText(/saved →/, { timeout: 30_000 });

    const tooLarge = join(machine.workspace, "too-large.c");
    writeFileSync(tooLarge, line.repeat(200_000));
    await page.keyboard.press("Control+O");
    await page.getByRole("textbox", { name: "Path" }).fill(tooLarge);
    await page.keyboard.press("Enter");
    await expect(steps.messages(page)).toContainText(/too-large\.c: it has more than the \d+ bytes/);
  });
});

test.describe("the kernel's side", () => {
  test.skip(!isRoot, needsRoot);

  test("an interface that goes away between choice and attach: nothing is attached elsewhere", async ({
    workbench: { page, machine },
  }) => {
    await steps.makeLab(page);
    await steps.openTemplate(page, "Pass");
    await page
      .getByRole("listbox", { name: "Interfaces of xdpw-lab" })
      .getByRole("option", { name: /^port1/ })
      .click();
    await expect(steps.runsLine(page)).toHaveText("port1 runs no XDP program");
    await machine.run("ip", "-n", steps.lab, "link", "del", "port1");
    await steps.attach(page);
    const failed = page.getByRole("alert", { name: "Attach and detach" });
    await expect(
      steps
        .messages(page)
        .or(failed)
        .filter({ hasText: /port1|no interface to attach to/ })
        .first(),
    ).toBeVisible();
    await expect(steps.runsLine(page)).toHaveText("no interface chosen");
    expect(await steps.linkedProgram(machine)).toBeNull();
  });

  test("a map whose program is gone while its table is open is said, and its last values stay", async ({
    workbench: { page, machine },
  }) => {
    await steps.attachCounters(page);
    await steps.openMap(page, "xdp_stats_map");
    const panel = page.getByRole("tabpanel", { name: "xdp_stats_map" });
    await machine.run("ip", "-n", steps.lab, "link", "set", "dev", "port0", "xdpdrv", "off");
    // while the table is open, it keeps the map
    await expect(panel).toContainText("no program uses it");
    await expect(steps.runsLine(page)).toHaveText("port0 runs no XDP program");
    // and with the helper, its last user goes
    for (const pid of machine.elevatedHelpers()) process.kill(pid, "SIGKILL");
    await page.getByRole("button", { name: "Start it again" }).click();
    await expect(panel).toContainText(
      /xdp_stats_map is not followed any more: .*there is no map id \d+ .* The last values are shown\./i,
    );
    await expect(steps.rowOf(page, "xdp_stats_map", "2")).toContainText("XDP_PASS");
  });

  test("a value of the wrong shape is answered under its cell, and what was typed stays", async ({
    workbench: { page },
  }) => {
    await steps.attachCounters(page);
    await steps.openMap(page, "xdp_action");
    const cell = steps.rowOf(page, "xdp_action", "0").getByRole("gridcell").last();
    await cell.dblclick();
    const field = page.getByRole("textbox", { name: /^New value of/ });
    for (const wrong of ["XDP_DRIP", "-1", "4294967296", "1.5", ""]) {
      await field.fill(wrong);
      await page.keyboard.press("Enter");
      await expect(cell.getByRole("alert"), wrong).not.toBeEmpty();
      await expect(field, wrong).toHaveValue(wrong);
      await expect(field).toHaveAttribute("aria-invalid", "true");
      await expect(field).toBeFocused();
    }
    await page.keyboard.press("Escape");
    await expect(cell).toHaveText("0");
  });

  test("somebody else's program is asked about: cancel keeps it, yes replaces it", async ({
    workbench: { page, machine },
  }) => {
    await steps.makeLab(page);
    await steps.openTemplate(page, "Packet counters");
    await attachAndExpectQuestion(page, async () => steps.attachForeign(machine), "Cancel");
    const foreign = await steps.linkedProgram(machine);
    expect(foreign?.name).toBe("xdp_pass");
    await expect(steps.runsLine(page)).toContainText(`port0 runs xdp_pass native · id ${foreign?.id}`);

    await attachAndExpectQuestion(page, async () => undefined, "Replace it");
    await expect(steps.runsLine(page)).toContainText("port0 runs xdp_count native");
    expect((await steps.linkedProgram(machine))?.name).toBe("xdp_count");

    // detaching one that is not ours is asked about, too
    await machine.run("ip", "-n", steps.lab, "link", "set", "dev", "port0", "xdpdrv", "off");
    await steps.attachForeign(machine);
    await expect(steps.runsLine(page)).toContainText("port0 runs xdp_pass");
    await page.getByRole("button", { name: "Detach", exact: true }).click();
    const question = page.getByRole("alertdialog", { name: /port0 already runs xdp_pass/ });
    await question.getByRole("button", { name: "Cancel" }).click();
    await expect(question).toHaveCount(0);
    expect((await steps.linkedProgram(machine))?.name).toBe("xdp_pass");
  });
});

async function attachAndExpectQuestion(page: Page, before: () => Promise<void>, answer: string): Promise<void> {
  await before();
  await steps.attach(page);
  const question = page.getByRole("alertdialog", {
    name: /^port0 already runs xdp_pass \(id \d+\), which the workbench did not attach\./,
  });
  await question.getByRole("button", { name: answer }).click();
  await expect(question).toHaveCount(0);
}

/** In the shown source, in what is drawn of it. Monaco draws spaces as U+00A0. */
async function expectText(page: Page, text: string): Promise<void> {
  const pattern = new RegExp(text.replaceAll(/[^\w ]/g, "\\$&").replaceAll(" ", "\\s"));
  await expect(page.getByRole("code")).toContainText(pattern);
}

async function answerIfAsked(page: Page, answer: string): Promise<void> {
  const button: Locator = page.getByRole("alertdialog").getByRole("button", { name: answer });
  const done = page.getByText(/^saved|Could not save/).first();
  await expect(button.or(done).first()).toBeVisible();
  if (await button.isVisible()) await button.click();
}
