/** settings.json is written with what its schema knows: names, values, actions, and what they mean. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

test("names and values are proposed and explained", async ({ workbench: { page, machine } }) => {
  const { keyboard } = page;
  await keyboard.press("Control+,");
  await expect(steps.editor(page)).toBeFocused();
  await keyboard.press("Control+A");
  await keyboard.type("{");
  await keyboard.press("Enter");
  await keyboard.press("Control+Space");
  const list = page.locator(".suggest-widget.visible");
  await expect(list.getByRole("option", { name: /^formatStyle/ })).toBeVisible();
  await keyboard.type("them");
  await expect(list.getByRole("option")).toHaveCount(1);
  await keyboard.press("Enter");
  await expect(page.locator(".view-lines")).toContainText('"theme": "system"');

  // the value, replaced by another one of the list
  await keyboard.press("ArrowLeft");
  await keyboard.press("Control+Space");
  await expect(list.getByRole("option").first()).toContainText('"system"');
  await list.getByRole("option", { name: /^"light"/ }).click();
  await expect(page.locator(".view-lines")).toContainText('"theme": "light"');
  await keyboard.press("End");
  await keyboard.type(", ");
  await keyboard.press("Control+Space");
  await expect(list.getByRole("option", { name: /^tabSize/ })).toBeVisible();
  await expect(list.getByRole("option", { name: /^theme/ })).toHaveCount(0);
  await keyboard.press("Escape");
  await keyboard.type('"keybindings": [{ "action": ');
  await keyboard.press("Control+Space");
  await keyboard.type('"run-pack');
  await expect(list.getByRole("option", { name: /run-packet-tests/ })).toBeVisible();
  await keyboard.press("Enter");
  await expect(page.locator(".view-lines")).toContainText('"action": "run-packet-tests"');

  await page.locator(".view-lines").getByText('"theme"').hover();
  await expect(page.locator(".monaco-hover:visible").first()).toContainText("Colours of the window");
  await keyboard.press("Control+Shift+S");
  await expect
    .poll(() => readFileSync(join(machine.env["XDG_CONFIG_HOME"] ?? "", "xdp-workbench/settings.json"), "utf8"))
    .toContain('"theme": "light"');
});
