/**
 * Attaching without fear, by keyboard alone: what is in the way, confirm or roll back, several interfaces, and others who
 * come between. What the window says is held against `ip link`.
 */
import { expect, type Locator, type Page } from "@playwright/test";
import { looker } from "../axe.ts";
import * as keys from "./keys.ts";
import { isRoot, type Machine, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

async function ready(page: Page): Promise<void> {
  await page.keyboard.press("Control+Shift+L");
  await steps.labIsUp(page);
  await keys.openTemplate(page, /Packet counters/);
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toContainText("accepted");
}

const deadlines = (page: Page): Locator => page.getByRole("region", { name: "Deadlines" });
const toolBar = (page: Page): Locator => page.getByRole("toolbar", { name: "Program and interface" });
const idAt = async (machine: Machine, port = "port0"): Promise<number | null> =>
  (await steps.linkedProgram(machine, port))?.id ?? null;

/** Beside Attach: what is typed holds at once. */
async function setDeadline(page: Page, seconds: number): Promise<void> {
  await keys.toTool(page, /^Deadline/);
  await page.keyboard.press("Enter");
  await keys.pressUntil(page, "Tab", "textbox", "Seconds to keep it in");
  await page.keyboard.press("Control+A");
  await page.keyboard.type(String(seconds));
  await page.keyboard.press("Escape");
  await keys.focused(page, "button", `Deadline: kept only if confirmed within ${seconds} s`);
}

async function attachByButton(page: Page): Promise<void> {
  await keys.toTool(page, /^Attach/);
  await page.keyboard.press("Enter");
}

test("what is in the way is told before, refused with the kernel's words, mended there, and tried again", async ({
  workbench: { page, machine },
}) => {
  const { keyboard } = page;
  const { look, found } = looker(page);
  await ready(page);
  await machine.run("ip", "-n", "xdpw-host0", "link", "set", "dev", "eth0", "mtu", "9000");
  await keys.chooseMode(page, "Native");
  await page.getByRole("button", { name: "Before attaching: 1 in the way" }).waitFor();
  await keyboard.press("Alt+P");
  const before = page.getByRole("dialog", { name: /^Before attaching/ });
  const first = before.getByRole("listitem").first();
  await expect(first).toContainText("The other end eth0 in namespace xdpw-host0 has MTU 9000, and that is above 3506");
  await expect(first).toContainText("expected");
  await expect(before).toContainText("the kernel says");
  await look("preflight");
  await keyboard.press("Escape");

  await keyboard.press("Control+Shift+A");
  await page.getByRole("dialog", { name: "Attach to port0?" }).waitFor();
  await keys.focused(page, "button", "Cancel");
  await keys.pressUntil(page, "Tab", "button", "Attach anyway");
  await keyboard.press("Enter");
  const failed = page.getByRole("region", { name: "What failed" });
  await expect(failed).toContainText("The kernel says: “veth: Peer MTU is too large to set XDP” (ERANGE, RTM_SETLINK)");
  await expect(failed).toContainText("Make it at most 3506, or declare the program");
  expect(await idAt(machine)).toBeNull();
  await look("attach-failed");

  const mend = "Run ip -n xdpw-host0 link set dev eth0 mtu 3506";
  await keys.press(page, "F6", failed.locator(":focus"));
  await keys.pressUntil(page, "Tab", "button", mend);
  await keyboard.press("Enter");
  await expect(failed.getByRole("button", { name: mend })).toHaveCount(0);
  expect(await machine.run("ip", "-n", "xdpw-host0", "link", "show", "dev", "eth0")).toContain("mtu 3506");
  // the button is gone: the focus went back
  await expect(toolBar(page).locator(":focus")).toBeVisible();
  await keys.press(page, "F6", failed.locator(":focus"));
  await keys.pressUntil(page, "Tab", "button", "Try again");
  await keyboard.press("Enter");
  await expect(steps.runsLine(page)).toContainText("port0 runs xdp_count native");
  await expect(failed).toHaveCount(0);
  await expect(toolBar(page).locator(":focus")).toBeVisible();
  expect(await steps.linkedProgram(machine)).toMatchObject({ mode: "native", name: "xdp_count" });
  expect(found).toEqual([]);
});

test("a deadline: kept, rolled back by the user, and rolled back because nobody said anything", async ({
  workbench: { page, machine },
}) => {
  const { keyboard } = page;
  const { look, found } = looker(page);
  await ready(page);
  await keys.toTool(page, "Deadline: none");
  await keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Confirm or roll back" }).waitFor();
  await keyboard.press("Escape");
  await setDeadline(page, 600);
  await attachByButton(page);
  await expect(deadlines(page)).toContainText("xdp_count on port0 is rolled back unless you keep it");
  await expect(deadlines(page)).toContainText("nothing is attached then");
  const kept = await idAt(machine);
  expect(kept).not.toBeNull();
  await keys.press(page, "Tab", deadlines(page).getByRole("button", { name: /^Keep/ }).and(page.locator(":focus")));
  await look("countdown");
  await keyboard.press("Enter");
  await expect(deadlines(page)).toContainText(`Confirmed: xdp_count (id ${kept}, native) stays on port0`);
  await keys.focused(page, "button", "Attach, 600 s to confirm");
  expect(await idAt(machine)).toBe(kept);

  await attachByButton(page);
  await expect(deadlines(page)).toContainText(`xdp_count (id ${kept}) comes back`);
  expect(await idAt(machine)).not.toBe(kept);
  await keys.press(page, "Tab", deadlines(page).getByRole("button", { name: /^Roll/ }).and(page.locator(":focus")));
  await keyboard.press("Enter");
  await expect(deadlines(page)).toContainText(
    `Rolled back on request: port0 runs xdp_count (id ${kept}, native) again`,
  );
  await keys.focused(page, "button", "Attach, 600 s to confirm");
  await expect(steps.runsLine(page)).toContainText(`id ${kept}`);
  expect(await idAt(machine)).toBe(kept);
  await keys.press(page, "F6", deadlines(page).locator(":focus"));
  await keys.pressUntil(page, "Tab", "button", /^Dismiss: Rolled back/);
  await keyboard.press("Enter");
  await expect(deadlines(page).getByText("Rolled back on request")).toHaveCount(0);
  await expect(toolBar(page).locator(":focus")).toBeVisible();

  await setDeadline(page, 2);
  await attachByButton(page);
  await expect(deadlines(page)).toContainText(
    `Nobody confirmed within 2 s: port0 runs xdp_count (id ${kept}, native) again`,
  );
  await expect(steps.runsLine(page)).toContainText(`id ${kept}`);
  expect(await idAt(machine)).toBe(kept);
  expect(found).toEqual([]);
});

test("several interfaces at once, with somebody else who attaches in the middle; then all of ours is detached", async ({
  workbench: { page, machine },
}) => {
  const { keyboard } = page;
  const { look, found } = looker(page);
  await ready(page);
  const attachAnother = async (): Promise<number | null> => {
    await machine.run("ip", "-n", steps.lab, "link", "set", "dev", "port1", "xdpdrv", "off");
    await steps.attachForeign(machine, "port1");
    return idAt(machine, "port1");
  };
  const early = await attachAnother();
  await keys.toTool(page, /Interface$/);
  await keyboard.press("Enter");
  await keys.focused(page, "option", /^port0/);
  await keyboard.press("ArrowDown");
  await keyboard.press("Space");
  await keyboard.press("Escape");
  await keys.focused(page, "button", /2 port0, port1 Interface$/);
  await setDeadline(page, 600);

  await keyboard.press("Control+Shift+A");
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText(`port1 already runs xdp_pass (id ${early})`);
  const late = await attachAnother();
  await keys.pressUntil(page, "Tab", "button", "Replace it");
  await keyboard.press("Enter");
  // what was agreed to is gone, and what is there now was not
  await expect(question).toContainText(`port1 already runs xdp_pass (id ${late})`);
  expect([await idAt(machine), await idAt(machine, "port1")]).toEqual([null, late]);
  await keys.pressUntil(page, "Tab", "button", "Replace it");
  await keyboard.press("Enter");
  await expect(deadlines(page)).toContainText("xdp_count on port0 and port1 is rolled back unless you keep it");
  await expect(steps.runsLine(page)).toContainText(/port0 runs xdp_count native.*port1 runs xdp_count native/);
  await keyboard.press("Alt+B");
  await expect(deadlines(page)).toContainText(
    `Rolled back on request: port0 runs nothing again; port1 runs xdp_pass (id ${late}, native) again`,
  );
  expect([await idAt(machine), await idAt(machine, "port1")]).toEqual([null, late]);

  await keyboard.press("Control+Shift+A");
  await keys.pressUntil(page, "Tab", "button", "Replace it");
  await keyboard.press("Enter");
  await expect(deadlines(page)).toContainText("is rolled back unless you keep it");
  await keyboard.press("Alt+K");
  await expect(deadlines(page)).toContainText("Confirmed");
  await keyboard.press("Control+Shift+P");
  await keyboard.type("detach everything");
  await keyboard.press("Enter");
  const rows = page.getByRole("table", { name: "What will be detached" }).getByRole("row");
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(1)).toContainText(/port0 xdpw-lab.*xdp_count.*native.*program\.bpf\.c/);
  await look("detach-all");
  const last = await attachAnother();
  await keys.pressUntil(page, "Tab", "button", "Detach all 2");
  await keyboard.press("Enter");
  await expect(steps.messages(page)).toContainText(/1 program was detached.*xdp_count \(native\) from port0/);
  expect([await idAt(machine), await idAt(machine, "port1")]).toEqual([null, last]);
  expect(found).toEqual([]);
});
