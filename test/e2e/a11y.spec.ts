/** Every view, in every theme, against axe's rules (https://github.com/dequelabs/axe-core). */
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { brokenRules, looker } from "../axe.ts";
import { newestTraffic } from "./checks.ts";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

test.describe("no view breaks a rule of accessibility, in any theme:", () => {
  // three themes a view, and axe takes its time on a busy machine
  test.describe.configure({ timeout: 180_000 });

  test("start, dialogs, problems", async ({ workbench: { page, machine } }) => {
    const { look, found } = looker(page);
    await expectRulesToBite(page);
    await look("start");
    await page.keyboard.press("Control+O");
    await page.getByRole("dialog", { name: "Open a file" }).waitFor();
    await look("open dialog");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Alt+Shift+N");
    await page.getByRole("dialog", { name: /^New from/ }).waitFor();
    await look("new from template");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Shift+P");
    await page.getByRole("combobox").waitFor();
    await look("palette");
    await page.keyboard.press("Escape");
    await page.keyboard.press("F1");
    await page.getByRole("tabpanel", { name: "Keyboard shortcuts" }).waitFor();
    await look("shortcuts");

    await steps.openText(page, machine, "broken.bpf.c", "int x = y;\n");
    await page.keyboard.press("Control+S");
    await expect(steps.verdict(page)).toContainText("does not build");
    await steps.bottomPanel(page, "Problems");
    await look("editor with an error, problems");

    expect(found).toEqual([]);
  });

  test("code views, object tree", async ({ workbench: { page } }) => {
    const { look, found } = looker(page);
    await steps.attachCounters(page);
    await page.keyboard.press("Control+1");
    await page.keyboard.press("Control+G");
    await page.keyboard.type("59");
    await page.keyboard.press("Enter");
    for (const [keys, title] of [
      ["Alt+7", "LLVM IR"],
      ["Alt+8", "Assembly"],
      ["Alt+9", "Translated"],
      ["Alt+0", "Native"],
    ] as const) {
      await page.keyboard.press(keys);
      await page.getByRole("textbox", { name: new RegExp(`^${title} of `) }).waitFor({ state: "attached" });
      await look(`code: ${title}`);
    }
    await page.getByRole("button", { name: /^Command lines/ }).click();
    await look("code: command lines");
    await page.keyboard.press("Alt+Shift+O");
    await page
      .getByRole("treegrid", { name: /^Object of/ })
      .getByRole("row", { name: /^xdp_count/ })
      .focus();
    await look("object tree");
    await page.keyboard.press("Alt+W");
    expect(found).toEqual([]);
  });

  test("verdict, log, traffic, reload, load options", async ({ workbench: { page } }) => {
    const { look, found } = looker(page);
    await steps.attachCounters(page);
    await look("lab, editor with a verdict, message");
    await steps.bottomPanel(page, "Verifier");
    await look("verifier's log");
    await page.getByRole("radio", { name: /^Build commands/ }).click();
    await look("build commands");
    await page.keyboard.press("Alt+T");
    await expect(page.getByRole("tab", { name: /^Tests/ })).toContainText(/\d+ \/ \d+/);
    await look("packet tests");
    await steps.bottomPanel(page, "Search");
    await look("search");
    await steps.bottomPanel(page, "Traffic");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await newestTraffic(page, "1,000", "1,000");
    await look("traffic");
    await steps.attach(page);
    await page.getByRole("dialog", { name: "Replace xdp_count on port0" }).waitFor();
    await look("what to keep of the running program");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Alt+L");
    await page
      .getByRole("dialog", { name: /^Load options of/ })
      .getByRole("textbox")
      .first()
      .waitFor();
    await look("load options");
    await page.keyboard.press("Escape");
    expect(found).toEqual([]);
  });

  test("interface, maps, commands, menus", async ({ workbench: { page } }) => {
    const { look, found } = looker(page);
    await steps.attachCounters(page);
    await page
      .getByRole("listbox", { name: "Interfaces of xdpw-lab" })
      .getByRole("option", { name: /^port0/ })
      .click();
    await page.getByRole("region", { name: "Driver", exact: true }).waitFor();
    await look("interface");
    await steps.openMap(page, "xdp_stats_map");
    await look("map");
    await steps.openMap(page, "xdp_action");
    await steps.rowOf(page, "xdp_action", "0").getByRole("gridcell").last().dblclick();
    await page.getByRole("textbox", { name: /^New value of/ }).fill("no number");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("grid").getByRole("alert")).not.toBeEmpty();
    await look("map with a cell being edited that is wrong");
    await page.keyboard.press("Escape");
    await steps.bottomPanel(page, "Commands");
    await look("commands");

    await page.getByRole("button", { name: /Interface$/ }).click();
    await page.getByRole("listbox", { name: "Interface", exact: true }).waitFor();
    await look("choice of interfaces");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "File", exact: true }).click();
    await page.getByRole("menuitem", { name: "Open template" }).click();
    await page.getByRole("menu", { name: "Open template" }).waitFor();
    await look("menu");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");

    expect(found).toEqual([]);
  });

  test("questions, an object's tab, banner", async ({ workbench: { page, machine } }) => {
    const { look, found } = looker(page);
    await steps.attachCounters(page);
    await machine.run("ip", "-n", steps.lab, "link", "set", "dev", "port0", "xdpdrv", "off");
    await steps.attachForeign(machine);
    await steps.attach(page);
    await page.getByRole("alertdialog").waitFor();
    await look("question");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+O");
    await page.getByRole("textbox", { name: "Path" }).fill(join(machine.workspace, "foreign.o"));
    await page.keyboard.press("Enter");
    await page.getByRole("treegrid", { name: "Object of foreign.o" }).waitFor();
    await look("an object's tab");
    for (const pid of machine.elevatedHelpers()) process.kill(pid, "SIGKILL");
    await page.getByRole("button", { name: "Start it again" }).waitFor();
    await look("banner");

    expect(found).toEqual([]);
  });
});

/** Grey on grey is found: what is not found below is not there. */
async function expectRulesToBite(page: Page): Promise<void> {
  const heading = page.getByRole("heading", { level: 1 });
  await heading.evaluate((element) => element.setAttribute("style", "color: #333; background: #222"));
  expect(await brokenRules(page)).toEqual([expect.stringMatching(/^color-contrast: /)]);
  await heading.evaluate((element) => element.removeAttribute("style"));
}
