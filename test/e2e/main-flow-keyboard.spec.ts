/** The main job from start to end with the keyboard alone: no mouse, no focus set from outside. */
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
import { chooseMode, focused, intoPanel, openMap, openTemplate, pressUntil, send, showTab } from "./keys.ts";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

test("write, verify, attach, count, steer, detach", async ({ workbench: { page, machine } }) => {
  test.slow();
  const { keyboard } = page;

  await keyboard.press("Control+Shift+L");
  await steps.labIsUp(page);

  await openTemplate(page, /Packet counters/);
  await keyboard.press("Control+S");
  await expect(steps.verdict(page)).toHaveText(/^saved → accepted \d+ ms$/);
  await keyboard.press("Control+End");
  await expect(page.getByText(/^✓ accepted · \d+ instructions · /)).toBeVisible();

  await keyboard.press("Alt+I");
  await focused(page, "button", /Interface$/);
  await keyboard.press("Enter");
  await keyboard.type("port0");
  await focused(page, "option", /^port0/);
  await keyboard.press("Enter");
  await focused(page, "button", /port0.*Interface$/);
  await chooseMode(page, "Native");
  await keyboard.press("Control+Shift+A");
  await barEqualsLink(page, machine);

  await keyboard.press("Alt+5");
  await driverAndModesInView(page, machine);

  await openMap(page, "xdp_stats_map");
  await counted(page, "XDP_PASS", "0");
  await send(page);
  await newestTraffic(page, "1,000", "1,000");
  await showTab(page, "xdp_stats_map");
  await counted(page, "XDP_PASS", "1,000");
  await counted(page, "XDP_DROP", "0");

  await openMap(page, "xdp_action");
  await intoPanel(page, "xdp_action");
  await pressUntil(page, "Tab", "gridcell", "0");
  await keyboard.press("End");
  await keyboard.press("Enter");
  await focused(page, "textbox", /^New value of/);
  await keyboard.type("1");
  await keyboard.press("Control+Enter");
  await chosenAction(page, "1");
  await send(page);
  await newestTraffic(page, "1,000", "0");
  await showTab(page, "xdp_stats_map");
  await counted(page, "XDP_DROP", "1,000");
  await counted(page, "XDP_PASS", "1,000");

  await keyboard.press("Alt+4");
  await twinsRun(page, machine);

  await keyboard.press("Control+Shift+D");
  await expect(steps.runsLine(page)).toHaveText("port0 runs no XDP program");
  expect(await steps.linkedProgram(machine)).toBeNull();
  await attachTwinsRun(page, machine);

  // Lab > Remove the lab
  await pressUntil(page, "F6", "button", "File");
  await pressUntil(page, "ArrowRight", "button", "Lab");
  await keyboard.press("Enter");
  await pressUntil(page, "ArrowDown", "menuitem", "Remove the lab");
  await keyboard.press("Enter");
  await labIsGone(page, machine);
});
