/** Room is given to what there is to see: panels, tables, and the line that says what may be typed. */
import type { Locator } from "@playwright/test";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

async function boxOf(of: Locator): Promise<{ readonly x: number; readonly y: number; width: number; height: number }> {
  const box = await of.boundingBox();
  if (box === null) throw new Error("it is not shown");
  return box;
}

test("the panels are a strip until there is a source, or one of them is asked for", async ({ workbench: { page } }) => {
  const height = async (): Promise<number> =>
    (await boxOf(page.getByRole("tabpanel").filter({ visible: true }).last())).height;
  expect(await height()).toBeLessThan(150);
  await page.getByRole("tab", { name: "Commands", exact: true }).click();
  await expect.poll(height).toBeGreaterThan(200);

  // left as it was found: it stays so in the next window
  await expect
    .poll(() => page.evaluate(() => Object.values(localStorage).some((kept) => kept.includes('"weight":34'))))
    .toBe(true);
  await page.reload();
  await page.getByRole("button", { name: "Open Packet counters" }).waitFor();
  expect(await height()).toBeGreaterThan(200);
});

test("a table fills its panel, and a cell's hint covers no row", async ({ workbench: { page } }) => {
  test.skip(!isRoot, needsRoot);
  await steps.attachCounters(page);
  await steps.openMap(page, "xdp_stats_map");
  const grid = steps.grid(page, "xdp_stats_map");
  const [around, last] = [await boxOf(grid), await boxOf(grid.getByRole("columnheader").last())];
  expect(Math.abs(around.x + around.width - last.x - last.width)).toBeLessThan(3);
  await steps.rowOf(page, "xdp_stats_map", "1").getByRole("gridcell").last().dblclick();
  const field = page.getByRole("textbox", { name: /^New value of/ });
  await expect(field).toHaveAccessibleDescription(
    /whole number .* Enter stages, Ctrl\+Enter applies, Escape leaves it/,
  );
  const [hint, row] = [
    await boxOf(page.getByText("Enter stages, Ctrl+Enter applies, Escape leaves it")),
    await boxOf(grid.getByRole("row").last()),
  ];
  expect(hint.y).toBeGreaterThanOrEqual(row.y + row.height - 1);
});
