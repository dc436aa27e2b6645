/** Long work is stopped by whoever began it, and what it was doing is left in order. */
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

test("making the lab and sending traffic stop when they are told to, and can be begun anew", async ({ workbench }) => {
  const { page, machine } = workbench;
  await page.getByRole("button", { name: "Make the lab" }).first().click();
  await page.getByRole("button", { name: "Cancel make the lab" }).click();
  await expect(page.getByRole("button", { name: "Cancel make the lab" })).toHaveCount(0);
  expect(await machine.run("ip", "netns")).toBe("");
  await steps.makeLab(page);

  const panel = await steps.bottomPanel(page, "Traffic");
  await panel.getByRole("textbox", { name: "Packets" }).fill("1000000");
  await panel.getByRole("textbox", { name: "Per second" }).fill("20000");
  await panel.getByRole("button", { name: "Send", exact: true }).click();
  await expect(panel.getByText(/sent \d+ of 1000000 packets/)).toBeVisible();
  await expect(page.getByRole("contentinfo", { name: "Status" })).toContainText(/sent \d+ of 1000000 packets/);
  await panel.getByRole("button", { name: "Stop", exact: true }).press("Enter");
  await expect(panel.getByText("stopped before all were sent")).toBeVisible();
  await expect(panel.getByRole("button", { name: "Send", exact: true })).toBeFocused();

  await panel.getByRole("button", { name: "Send", exact: true }).press("Enter");
  await expect(panel.getByText(/sent \d+ of 1000000 packets/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel.getByText("stopped before all were sent")).toHaveCount(2);
});
