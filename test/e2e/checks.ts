/** What must be true of the window and of the kernel at the same time, however the user got there. */
import { expect, type Locator, type Page } from "@playwright/test";
import type { Machine } from "./open-workbench.ts";
import { grid, lab, linkedProgram, rowOf, runsLine } from "./steps.ts";

/** The bar says of port0 what `ip link` says. */
export async function barEqualsLink(page: Page, machine: Machine): Promise<void> {
  await expect(runsLine(page)).toContainText("xdp_count");
  const linked = await linkedProgram(machine);
  expect(linked).not.toBeNull();
  if (linked === null) return;
  const { mode, id, name, tag, jited } = linked;
  await expect(runsLine(page)).toHaveText(
    `port0 runs ${name} ${mode} · id ${id} · tag ${tag} · ${jited ? "jited" : "not jited"}`,
  );
}

/** The interface's page says of the driver what `ethtool -i` says, and which modes the kernel reports. */
export async function driverAndModesInView(page: Page, machine: Machine): Promise<void> {
  const told = await machine.run("nsenter", `--net=/run/netns/${lab}`, "ethtool", "-i", "port0");
  const driver = page.getByRole("region", { name: "Driver", exact: true });
  await expect(driver).toBeInViewport();
  const pairs = told
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/:\s*/, 2));
  expect(pairs.length).toBeGreaterThan(5);
  for (const [name = "", value = ""] of pairs) {
    const definition = driver.getByRole("term").filter({ hasText: new RegExp(`^${name}$`) });
    await expect(definition.locator("xpath=following-sibling::dd"), name).toHaveText(value === "" ? "none" : value);
  }
  const modes = page.getByRole("region", { name: "Modes", exact: true });
  await expect(modes).toBeInViewport();
  for (const [mode, supported] of [
    ["Native", "yes"],
    ["Generic (skb)", "yes"],
    ["Hardware", "no"],
  ] as const) {
    await expect(modeLine(modes, mode), mode).toContainText(new RegExp(`^${supported}`));
  }
  // What a veth reports whose peer has GRO on: 0x67 (include/uapi/linux/netdev.h, drivers/net/veth.c).
  const features = ["basic", "redirect", "ndo-xmit", "rx-sg", "ndo-xmit-sg"];
  await expect(modes.getByRole("list", { name: "XDP features" }).getByRole("listitem")).toHaveText(features);
}

function modeLine(modes: Locator, mode: string): Locator {
  return modes.getByRole("term").filter({ hasText: mode }).locator("xpath=following-sibling::dd");
}

/** The row of an action in xdp_stats_map shows that many packets. */
export async function counted(page: Page, action: "XDP_PASS" | "XDP_DROP", packets: string): Promise<void> {
  const row = grid(page, "xdp_stats_map").getByRole("row").filter({ hasText: action });
  await expect(row.getByRole("gridcell").nth(2)).toHaveText(packets);
}

export async function chosenAction(page: Page, value: string): Promise<void> {
  await expect(rowOf(page, "xdp_action", "0").getByRole("gridcell").last()).toHaveText(value);
}

/** The newest run in the Traffic panel. */
export async function newestTraffic(page: Page, sent: string, arrived: string): Promise<void> {
  const cells = page.getByRole("table", { name: "Traffic" }).getByRole("row").nth(1).getByRole("cell");
  await expect(cells.nth(1)).toHaveText(sent);
  await expect(cells.nth(2)).toHaveText(arrived);
}

/** The shell lines under an entry of the Commands panel, the newest of those whose title fits. */
export async function shellLines(page: Page, title: RegExp): Promise<readonly string[]> {
  const entry = page
    .getByRole("list", { name: "Commands" })
    .getByRole("listitem")
    .filter({ has: page.getByText(title) })
    .first();
  const text = await entry.locator("pre").first().innerText();
  return text.split("\n").filter((line) => line !== "");
}

/** Each thing that was done has its twins, and they do in a shell what the workbench did. */
export async function twinsRun(page: Page, machine: Machine): Promise<void> {
  const commands = page.getByRole("list", { name: "Commands" });
  for (const did of ["make the lab", "verify", "look at port0", "attach xdp_count to port0, native", "send 1000 udp"]) {
    await expect(commands.getByText(did).first(), did).toBeVisible();
  }
  await expect(commands).toContainText("xdpw lab up");
  const [show = "", dump = ""] = await shellLines(page, /^open map xdp_stats_map$/);
  expect(dump).toMatch(/^bpftool map dump id \d+$/);
  expect(await machine.shell(show)).toContain("xdp_stats_map");
  expect(await machine.shell(dump)).toMatch(/"rx_packets":\s*1000/);
  const [update = ""] = await shellLines(page, /^set xdp_action\[0\]$/);
  expect(update).toMatch(/^bpftool map update id \d+ key hex 00 00 00 00 value hex 01 00 00 00/);
  await machine.shell(update);
  for (const line of await shellLines(page, /^look at port0$/)) {
    expect(await machine.shell(line)).toMatch(/driver: veth|prog\/xdp id/);
  }
}

/** After the program was detached: the lines of verify, attach and detach, run in a shell, attach and detach it again. */
export async function attachTwinsRun(page: Page, machine: Machine): Promise<void> {
  for (const line of await shellLines(page, /^verify .*program\.bpf\.c$/)) await machine.shell(line);
  for (const line of await shellLines(page, /^attach xdp_count to port0, native$/)) await machine.shell(line);
  expect(await linkedProgram(machine)).toMatchObject({ mode: "native", name: "xdp_count" });
  for (const line of await shellLines(page, /^detach xdp_count from port0$/)) await machine.shell(line);
  expect(await linkedProgram(machine)).toBeNull();
}

export async function labIsGone(page: Page, machine: Machine): Promise<void> {
  await expect(page.getByRole("listbox", { name: `Interfaces of ${lab}` })).toHaveCount(0);
  await expect.poll(() => machine.run("ip", "netns")).toBe("");
}
