/** New from template, by keyboard alone: refusals at the field that they mean, then a program under the user's names. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brokenRules } from "../axe.ts";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

test("names of the user's, by keyboard", async ({ workbench: { page, machine } }) => {
  test.skip(!isRoot, needsRoot);
  const { keyboard } = page;
  mkdirSync(join(machine.workspace, "edge"), { recursive: true });
  await keyboard.press("Alt+Shift+N");
  const dialog = page.getByRole("dialog", { name: "New from template" });
  const field = (name: RegExp | string) => dialog.getByRole("textbox", { name });
  await expect(field(/^Folder, in /)).toBeFocused();

  await keyboard.press("Shift+Tab");
  await expect(dialog.getByRole("button", { name: /Template/ })).toBeFocused();
  await keyboard.type("IPv4 r");
  await expect(dialog.getByRole("button", { name: /IPv4 router/ })).toBeFocused();
  await keyboard.press("Tab");
  await expect(field(/^Folder, in /)).toHaveValue("ipv4-router");
  await keyboard.type("edge");
  await keyboard.press("Tab");
  await expect(field("The program's function")).toHaveValue("xdp_router");
  await keyboard.type("while");
  await keyboard.press("Tab");
  await keyboard.type("routes_of_the_edge");
  await expect(field("The routing table")).toHaveAccessibleDescription(/keeps 15 characters.* routes_of_the_e$/);
  await keyboard.press("Enter");
  await expect(field("The program's function")).toBeFocused();
  await expect(field("The program's function")).toHaveAccessibleDescription(/it is a word of the C language/);
  expect(await brokenRules(page)).toEqual([]);

  await keyboard.type("xdp_edge");
  await keyboard.press("Enter");
  await expect(field(/^Folder, in /)).toBeFocused();
  await expect(field(/^Folder, in /)).toHaveAccessibleDescription(/edge is there already/);
  await keyboard.type("my edge");
  await keyboard.press("Enter");
  await expect(steps.editor(page)).toBeFocused();
  await expect(dialog).toHaveCount(0);
  await expect(steps.messages(page)).toContainText("routes_of_the_edge is listed as routes_of_the_e");
  const source = readFileSync(join(machine.workspace, "my edge/program.bpf.c"), "utf8");
  expect(source).toContain("int xdp_edge(struct xdp_md *ctx)");
  expect(source).toContain('} routes_of_the_edge SEC(".maps")');
  await expect(page.getByRole("treegrid").or(page.getByRole("tree")).getByText("my edge")).toBeVisible();

  await keyboard.press("Control+S");
  await expect(steps.verdict(page)).toContainText("accepted");
});

test("from a card of the start page, and Escape makes nothing", async ({ workbench: { page, machine } }) => {
  await page.getByRole("button", { name: "New from VLAN push and pop…" }).click();
  const dialog = page.getByRole("dialog", { name: "New from template" });
  await expect(dialog.getByRole("textbox", { name: "The map of rules" })).toHaveValue("tag_rules");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  expect(existsSync(join(machine.workspace, "vlan-push-pop"))).toBe(false);
});
