/** The main job from start to end with the mouse: only values are typed. */
import {
  attachTwinsRun,
  barEqualsLink,
  chosenAction,
  counted,
  driverAndModesInView,
  labIsGone,
  newestTraffic,
  twinsRun,
} from "./checks.ts";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

test("write, verify, attach, count, steer, detach", async ({ workbench: { page, machine } }) => {
  test.slow();
  await steps.makeLab(page);
  await steps.openTemplate(page, "Packet counters");
  await steps.saveAndVerify(page);
  await expect(steps.verdict(page)).toHaveText(/^saved → accepted \d+ ms$/);
  await page.getByRole("code").hover();
  await expect(async () => {
    await page.mouse.wheel(0, 200);
    await expect(page.getByText(/^✓ accepted · \d+ instructions · /)).toBeVisible({ timeout: 100 });
  }).toPass();

  await page.getByRole("button", { name: /Interface$/ }).click();
  const ports = page.getByRole("listbox", { name: "Interface" }).getByRole("group", { name: /xdpw-lab/ });
  await ports.getByRole("option", { name: /^port0/ }).click();
  await page.getByRole("button", { name: /Mode$/ }).click();
  await page.getByRole("option", { name: /^Native/ }).click();
  await steps.attach(page);
  await barEqualsLink(page, machine);

  await page
    .getByRole("listbox", { name: "Interfaces of xdpw-lab" })
    .getByRole("option", { name: /^port0/ })
    .click();
  await driverAndModesInView(page, machine);

  await steps.openMap(page, "xdp_stats_map");
  await counted(page, "XDP_PASS", "0");
  await steps.bottomPanel(page, "Traffic");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await newestTraffic(page, "1,000", "1,000");
  await steps.bottomPanel(page, "xdp_stats_map");
  await counted(page, "XDP_PASS", "1,000");
  await counted(page, "XDP_DROP", "0");

  await steps.openMap(page, "xdp_action");
  await steps.rowOf(page, "xdp_action", "0").getByRole("gridcell").last().dblclick();
  await page.getByRole("textbox", { name: /^New value of/ }).fill("1");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Changes of xdp_action" }).getByRole("button", { name: "Apply" }).click();
  await chosenAction(page, "1");
  await steps.bottomPanel(page, "Traffic");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await newestTraffic(page, "1,000", "0");
  await steps.bottomPanel(page, "xdp_stats_map");
  await counted(page, "XDP_DROP", "1,000");
  await counted(page, "XDP_PASS", "1,000");

  await steps.bottomPanel(page, "Commands");
  await twinsRun(page, machine);

  await page.getByRole("button", { name: "Detach", exact: true }).click();
  await expect(steps.runsLine(page)).toHaveText("port0 runs no XDP program");
  expect(await steps.linkedProgram(machine)).toBeNull();
  await attachTwinsRun(page, machine);

  await page.getByRole("tab", { name: "Start" }).click();
  await page.getByRole("button", { name: "Remove the lab" }).click();
  await labIsGone(page, machine);
});
