/** Packet tests in the window: run by key, a failing case explained, its place in packets.json, and again after the mend. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brokenRules } from "../axe.ts";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

test("packet tests of a template, by keyboard", async ({ workbench: { page, machine } }) => {
  const { keyboard } = page;
  await steps.openTemplate(page, "IPv4 router");
  await keyboard.press("Alt+T");
  const status = page.getByRole("status", { name: "Packet tests" });
  await expect(status).toHaveText(/^\d+ passed · xdp_router of program\.bpf\.c · \d+ ms$/);
  await expect(page.getByRole("tab", { name: "Tests 16 / 16" })).toBeVisible();

  // somebody else's hand: one byte of the first case, its action, and the entry that it looks at
  const file = join(machine.workspace, "ipv4-router/packets.json");
  const before = readFileSync(file, "utf8");
  const bad = before
    .replace('"02 00 00 00 00 0b  02 00 00 00 00 02  08 00', '"02 00 00 00 00 0c  02 00 00 00 00 02  08 00')
    .replace('"value": { "packets": "1" } }', '"value": { "packets": "2" } }');
  expect(bad).not.toBe(before);
  writeFileSync(file, bad);
  await keyboard.press("Alt+T");
  await expect(status).toHaveText(/^\d+ passed, 1 failed · /);
  await expect(page.getByRole("tab", { name: "Tests 15 / 16" })).toBeVisible();
  const one = page.getByRole("region", { name: "Case 1" });
  await expect(one).toContainText("rewrites the MAC addresses");
  await expect(one.getByRole("row", { name: /map routes, key 198\.51\.100\.0\/24 packets 2 1/ })).toBeVisible();
  await expect(one.locator(".byte.expected")).toHaveText(["0c"]);
  await expect(one.locator(".byte.got")).toHaveText(["0b"]);
  expect(await brokenRules(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
  expect(await brokenRules(page)).toEqual([]);

  // the cases by arrows, and Enter goes to where one is written
  const cases = page.getByRole("listbox", { name: "Cases" });
  await page.getByRole("tab", { name: "Tests" }).focus();
  await keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Run packet tests" })).toBeFocused();
  await keyboard.press("Tab");
  await expect(cases.getByRole("option").first()).toBeFocused();
  await keyboard.press("ArrowDown");
  await expect(page.getByRole("region", { name: "Case 2" })).toContainText("the checksum carries over");
  await keyboard.press("Enter");
  await expect(steps.editor(page)).toBeFocused();
  await expect(page.getByText(/^Ln 3\d, Col 5$/)).toBeVisible();

  // mended on disk, which makes the results old; what is typed besides is saved before it runs
  writeFileSync(file, before);
  await expect(page.getByText("edited since")).toBeVisible();
  await keyboard.press("Control+End");
  await keyboard.type(" ");
  await keyboard.press("Alt+T");
  await expect(status).toHaveText(/^16 passed · /);
  expect(readFileSync(file, "utf8")).toBe(`${before} `);
});

test("no packets.json, and a source that does not compile, are said", async ({ workbench: { page, machine } }) => {
  await steps.openText(page, machine, "lonely.bpf.c", "int x = y;\n");
  await page.keyboard.press("Alt+T");
  await expect(page.getByRole("alert").filter({ hasText: "packets.json" })).toBeVisible();
  const tests = { cases: [{ name: "one", packet: "00*14", expect: { action: "XDP_PASS" } }] };
  writeFileSync(join(machine.workspace, "packets.json"), JSON.stringify(tests));
  await page.getByRole("button", { name: "Run packet tests" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "does not compile" })).toBeVisible();
});
