/** Helpers, windows and servers that end in the middle of something: what is attached stays, and one can go on. */
import { readdirSync, readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { isRoot, type Machine, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test, type Workbench } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

test("the helper is killed while idle: said, started again, nothing is lost", async ({ workbench }) => {
  const { page, machine } = workbench;
  await steps.attachCounters(page);
  await steps.openMap(page, "xdp_stats_map");
  const attached = await steps.linkedProgram(machine);
  await killHelper(machine);

  const banner = page.getByRole("status", { name: "State of the workbench" });
  await expect(banner).toContainText("Attached programs stay attached");
  expect(await steps.linkedProgram(machine)).toEqual(attached);
  await expect(page.getByText(/^xdp_stats_map is not followed any more/)).toBeVisible();
  await banner.getByRole("button", { name: "Start it again" }).click();
  await expect(banner).toBeEmpty();
  await expect(page.getByText(/^xdp_stats_map is not followed any more/)).toHaveCount(0);

  // ours is still known as ours: replaced without a question
  await steps.attach(page);
  await expect(steps.messages(page)).toContainText(`It took the place of xdp_count (id ${attached?.id})`);
  expect((await steps.linkedProgram(machine))?.id).not.toBe(attached?.id);
});

test("the helper is killed in the middle of an attach: said, consistent, and it goes on", async ({ workbench }) => {
  test.slow();
  const { page, machine } = workbench;
  await steps.attachCounters(page);
  const banner = page.getByRole("status", { name: "State of the workbench" });
  // stopped first, so that the attach is under way for certain; then at moments of a real one
  for (const milliseconds of ["stopped", 0, 60, 120] as const) {
    const before = await steps.linkedProgram(machine);
    if (milliseconds === "stopped") for (const pid of machine.elevatedHelpers()) process.kill(pid, "SIGSTOP");
    await steps.attach(page);
    if (milliseconds === "stopped") await expect(page.getByRole("button", { name: /^Attach/ })).toBeDisabled();
    // oxlint-disable-next-line playwright/no-wait-for-timeout -- the moment is what is tested
    else await page.waitForTimeout(milliseconds);
    await killHelper(machine);

    await expect(banner).toContainText("Attached programs stay attached");
    const after = await steps.linkedProgram(machine);
    expect(after).not.toBeNull();
    if (milliseconds === "stopped") expect(after).toEqual(before);
    await banner.getByRole("button", { name: "Start it again" }).click();
    await expect(banner).toBeEmpty();
    await expect(steps.runsLine(page)).toContainText(`id ${after?.id}`);

    await steps.attach(page);
    await expect
      .poll(async () => {
        await answerIfForeign(page);
        return (await steps.linkedProgram(machine))?.id;
      })
      .not.toBe(after?.id);
    const now = await steps.linkedProgram(machine);
    await expect(steps.runsLine(page)).toContainText(`id ${now?.id}`);
  }
  await expectOnlyAttached(machine);
});

test("the window is closed in the middle of an attach and of traffic: the next one sees what is there", async ({
  workbench,
}) => {
  const { page, machine } = workbench;
  await steps.attachCounters(page);
  const before = await steps.linkedProgram(machine);
  await steps.attach(page);
  await page.close();
  const second = await newWindow(workbench);
  // finished or not: the window says what the kernel says
  await expect(async () => {
    const linked = await steps.linkedProgram(machine);
    expect(linked?.name).toBe("xdp_count");
    await expect(steps.runsLine(second)).toContainText(`id ${linked?.id}`, { timeout: 500 });
  }).toPass();
  expect(before).not.toBeNull();

  await steps.bottomPanel(second, "Traffic");
  await second.getByRole("textbox", { name: "Packets" }).fill("100000");
  await second.getByRole("textbox", { name: "Per second" }).fill("20000");
  await second.getByRole("button", { name: "Send", exact: true }).click();
  await expect(second.getByText("sending…")).toBeVisible();
  await second.close();
  const third = await newWindow(workbench);
  await expect(steps.runsLine(third)).toContainText("port0 runs xdp_count");
  // what was sent for a window that is gone ends with it: the next traffic counts for itself
  await steps.bottomPanel(third, "Traffic");
  await expect(async () => {
    await third.getByRole("button", { name: "Send", exact: true }).click();
    const cells = third.getByRole("table", { name: "Traffic" }).getByRole("row").nth(1).getByRole("cell");
    await expect(cells.nth(2)).toHaveText("1,000", { timeout: 3000 });
  }).toPass();
  await expectOnlyAttached(machine);
});

test("the server is started anew: the window says so, and the text is kept", async ({ workbench }) => {
  const { page, machine, server, expectTrouble } = workbench;
  expectTrouble(/WebSocket connection to .* failed/, /Failed to load resource/);
  await steps.attachCounters(page);
  const attached = await steps.linkedProgram(machine);
  await page.getByRole("code").click({ position: { x: 300, y: 10 } });
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("/* not saved yet */\n");
  await expect(steps.verdict(page)).toHaveText("unsaved");

  await server.stop();
  const banner = page.getByRole("status", { name: "State of the workbench" });
  await expect(banner).toContainText("The connection to the workbench is lost");
  const again = await machine.serve(server.port);
  await expect(banner).toContainText("Open the URL that it printed", { timeout: 15_000 });
  await expect(page.getByRole("code")).toContainText(/not.saved.yet/);

  await page.goto(again.url);
  await expect(page.getByRole("code")).toContainText(/not.saved.yet/);
  await expect(steps.verdict(page)).toHaveText("unsaved");
  expect(await steps.linkedProgram(machine)).toEqual(attached);
  await expect(steps.runsLine(page)).toContainText(`xdp_count native · id ${attached?.id}`);
  // still ours
  await steps.attach(page);
  await expect(steps.messages(page)).toContainText(`It took the place of xdp_count (id ${attached?.id})`);
});

async function killHelper(machine: Machine): Promise<void> {
  const pids = machine.elevatedHelpers();
  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) process.kill(pid, "SIGKILL");
  await expect.poll(() => machine.elevatedHelpers()).toEqual([]);
}

/** The memory of what is ours is written after the attach: what was attached in between is asked about. */
async function answerIfForeign(page: Page): Promise<void> {
  const replace = page.getByRole("alertdialog").getByRole("button", { name: "Replace it" });
  if (await replace.isVisible()) await replace.click();
}

async function newWindow({ page, server, listen }: Workbench): Promise<Page> {
  const opened = await page.context().newPage();
  listen(opened);
  await opened.goto(new URL(server.url).origin);
  await expect(opened.getByRole("listbox", { name: `Interfaces of ${steps.lab}` })).toBeVisible();
  return opened;
}

/** No helper holds a program beside the attached one, nor has it children left. */
async function expectOnlyAttached(machine: Machine): Promise<void> {
  const linked = await steps.linkedProgram(machine);
  expect(linked?.name).toBe("xdp_count");
  const helpers = machine.elevatedHelpers();
  await expect.poll(() => namesIn("/proc").filter((pid) => helpers.includes(parentOf(pid)))).toEqual([]);
  await expect.poll(() => helpers.flatMap(heldPrograms).filter((id) => id !== linked?.id)).toEqual([]);
}

function parentOf(pid: string): number {
  return Number(/^PPid:\s*(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1]);
}

/** ids of the programs that a process has open */
function heldPrograms(pid: number): readonly number[] {
  return namesIn(`/proc/${pid}/fdinfo`)
    .map((fd) => /^prog_id:\s*(\d+)/m.exec(textOf(`/proc/${pid}/fdinfo/${fd}`))?.[1])
    .filter((id) => id !== undefined)
    .map(Number);
}

/** Processes and their files come and go while they are read. */
function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
