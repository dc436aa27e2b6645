/** The list of interfaces and the page of one follow what `ip`, `ethtool` and others do, without a reload and without a click. */
import { expect, type Locator, type Page } from "@playwright/test";
import { looker } from "../axe.ts";
import { shellLines } from "./checks.ts";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

const netns = "xdpwt-page";

function options(page: Page): Locator {
  return page.getByRole("listbox", { name: `Interfaces of ${netns}` }).getByRole("option");
}
function card(page: Page, name: string): Locator {
  return page.getByRole("region", { name, exact: true });
}

test("interfaces appear, change, are renamed and vanish in the list and on their page", async ({ workbench }) => {
  const { page, machine } = workbench;
  const ip = (...words: string[]): Promise<string> => machine.run("ip", "-n", netns, ...words);
  await machine.run("ip", "netns", "add", netns);
  await expect(options(page)).toHaveCount(1);
  await ip("link", "add", "left", "type", "veth", "peer", "name", "right");
  await expect(options(page)).toHaveText([/^lo/, /^right.*down/, /^left.*down/]);
  await ip("link", "set", "left", "up");
  await ip("link", "set", "right", "up");
  await expect(options(page).filter({ hasText: "left" })).not.toContainText("down");

  await options(page).filter({ hasText: "left" }).click();
  const modes = card(page, "Modes");
  await expect(modes.getByRole("term").filter({ hasText: "Native" }).locator("xpath=following-sibling::dd")).toHaveText(
    /^yes/,
  );
  await ip("link", "set", "right", "mtu", "9000");
  await expect(modes).toContainText("the peer right has MTU 9000, which is above 3506, so only programs with fragment");
  await ip("link", "set", "right", "mtu", "1500");
  await expect(modes).not.toContainText("9000");

  const offloads = card(page, "Offloads");
  const gro = offloads.getByRole("listitem").filter({ hasText: "generic-receive-offload" });
  await expect(gro).toContainText(/^off/);
  await machine.run("nsenter", `--net=/run/netns/${netns}`, "ethtool", "-K", "left", "gro", "on");
  await expect(gro).toContainText(/^on/);
  await expect(card(page, "Queues and rings")).toContainText("Not supported by this driver (ethtool -g)");

  await ip("link", "set", "left", "down");
  await ip("link", "set", "left", "name", "lan0");
  await expect(page.getByRole("button", { name: /Interface$/ })).toContainText("lan0");
  await expect(card(page, "Interface")).toContainText("ip -d link show lan0");
  await ip("link", "del", "lan0");
  await expect(page.getByText("lan0 went away: what follows was true when it was last seen.")).toBeVisible();
  await expect(options(page)).toHaveCount(1);
  await machine.run("ip", "netns", "del", netns);
  await expect(options(page)).toHaveCount(0);
});

test("a program of somebody else is told in full, with how often it runs", async ({ workbench }) => {
  const { page, machine } = workbench;
  await steps.makeLab(page);
  await page
    .getByRole("listbox", { name: `Interfaces of ${steps.lab}`, exact: true })
    .getByRole("option", { name: /port0/ })
    .click();
  const attached = card(page, "Attached");
  await expect(attached).toContainText("no XDP program in any mode");
  await steps.attachForeign(machine);
  const linked = await steps.linkedProgram(machine);
  await expect(attached).toContainText(`id${linked?.id}`);
  await expect(attached).toContainText(linked?.tag ?? "");
  await expect(attached).toContainText("attached bynetlink");
  await expect(attached).toContainText(/loaded\d{4}-\d\d-\d\d \d\d:\d\d:\d\d by root/);
  await expect(attached).toContainText(/runs[\d.,]+ \/s/);
  const sent = machine.run("ip", "netns", "exec", "xdpw-host0", "ping", "-q", "-c", "400", "-i", "0.01", "192.0.2.1");
  await expect(attached).toContainText(
    /runs[\d.,]*[1-9][\d.,]* \/s · \d+ ns a run · [\d.]+ % of a CPU|runs.*under 0.01 % of a CPU/,
  );
  await expect(card(page, "By queue").getByRole("row").nth(1)).toContainText(/[1-9]/);
  const { look, found } = looker(page);
  await card(page, "By queue")
    .getByRole("img", { name: /packets \/s by queue/i })
    .scrollIntoViewIfNeeded();
  await look("interface-charts");
  expect(found).toEqual([]);
  await sent.catch(() => undefined);
  await machine.run("ip", "-n", steps.lab, "link", "set", "dev", "port0", "xdpdrv", "off");
  await expect(attached).toContainText("no XDP program in any mode");
});

test("odd names are only names; what goes while it is looked at says so, and nothing else is lost", async ({
  workbench,
}) => {
  const { page, machine } = workbench;
  const odd = ` it's "$(x)"`;
  const names = [`a"b'$(x)`, "-x", "<b>&amp;", "日本語"];
  const ip = (...words: string[]): Promise<string> => machine.run("ip", "-n", odd, ...words);
  await machine.run("ip", "netns", "add", odd);
  for (const name of names)
    await ip("link", "add", "name", name, "type", "veth", "peer", "name", `p${names.indexOf(name)}`);
  const list = page.getByRole("listbox", { name: `Interfaces of ${odd}` }).getByRole("option");
  await expect(list).toHaveCount(1 + 2 * names.length);
  for (const name of names) {
    await list.filter({ hasText: `${name} veth` }).click();
    await expect(card(page, "Packets per second")).toContainText("received 0 /s");
  }
  await steps.bottomPanel(page, "Commands");
  const commands = page.getByRole("list", { name: "Commands" });
  await expect(commands).toContainText(`xdpw status --netns ' it'\\''s "$(x)"' --dev 'a"b'\\''$(x)'`);
  await expect(commands).toContainText("--dev=-x");
  for (const line of await shellLines(page, /^look at a"b'\$\(x\)$/))
    expect(await machine.shell(line)).toMatch(/driver: veth|link\/ether/);

  // one goes, then all of them with their namespace, while pages of them are open
  await ip("link", "del", "dev", "日本語");
  await expect(page.getByText("日本語 went away: what follows was true when it was last seen.")).toBeVisible();
  await expect(page.getByRole("button", { name: /Interface$/ })).toContainText("Choose an interface");
  await list.filter({ hasText: "<b>&amp; veth" }).click();
  await expect(card(page, "Packets per second")).toContainText("received 0 /s");
  await machine.run("ip", "netns", "del", odd);
  await expect(list).toHaveCount(0);
  await expect(page.getByText("<b>&amp; went away: what follows was true when it was last seen.")).toBeVisible();
  await expect(page.getByRole("listbox", { name: "Interfaces of this machine" })).toBeVisible();
});
