/** An accepted program step by step: the kernel is asked once more, and every path that it took can be looked at. */
import { brokenRules } from "../axe.ts";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

test("an accepted program is stepped through, by keyboard", async ({ workbench: { page } }) => {
  await steps.openTemplate(page, "IPv4 blocklist");
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toContainText("accepted");
  const verifier = await steps.bottomPanel(page, "Verifier");
  await verifier.getByRole("button", { name: "Step through" }).press("Enter");
  const walk = verifier.getByRole("region", { name: "What the verifier knew" });
  const step = walk.getByRole("status", { name: "Step" });
  await expect(step).toHaveText(/^step 1 of [\d,]{2,}$/);
  await expect(verifier.getByRole("region", { name: /^Statistics of / })).toContainText("accepted");
  const log = walk.getByRole("group", { name: /^Log of .* by C line/ });
  await expect(log).toBeFocused();
  await page.keyboard.press("End");
  await expect(step).toHaveText(/^step ([\d,]+) of \1$/);
  await expect(log.locator("[aria-current=step]")).toBeVisible();
  await expect(walk.locator(".tag.bad")).toHaveCount(0);
  await page.keyboard.press("Home");
  await expect(walk.getByRole("rowheader", { name: "r1", exact: true })).toBeVisible();
  expect(await brokenRules(page)).toEqual([]);

  // another verdict, another walk
  await steps.editor(page).focus();
  await page.keyboard.press("Control+S");
  await expect(verifier.getByRole("button", { name: "Step through" })).toBeVisible();
  await expect(walk).toHaveCount(0);
});
