/** A forwarding table as a prefix tree: folded by keyboard, asked who matches, found what is too much in it; and edited by picking. */
import { expect, type Page } from "@playwright/test";
import { looker } from "../axe.ts";
import { isRoot, type Machine, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

const routes: readonly (readonly [string, number])[] = [
  ["0.0.0.0/0", 1],
  ["10.0.0.0/8", 2],
  ["10.1.0.0/16", 3],
  ["10.1.2.0/24", 3],
  ["10.2.0.0/16", 4],
  ["10.2.0.0/17", 5],
  ["10.2.128.0/17", 6],
  ["192.0.2.0/24", 2],
  ["192.168.0.0/16", 1],
];

/** of the program on port0: others on this machine may have maps of that name */
async function mapId(machine: Machine, name: string): Promise<number> {
  const program = (await steps.linkedProgram(machine))?.id ?? 0;
  const { map_ids: ids } = JSON.parse(await machine.run("bpftool", "-j", "prog", "show", "id", `${program}`)) as {
    readonly map_ids: readonly number[];
  };
  const maps = JSON.parse(await machine.run("bpftool", "-j", "map", "show")) as readonly {
    id: number;
    name?: string;
  }[];
  return maps.find((map) => map.name === name && ids.includes(map.id))?.id ?? 0;
}

async function fillRoutes(machine: Machine): Promise<void> {
  const id = await mapId(machine, "routes");
  for (const [prefix, port] of routes) {
    const [address = "", length = "0"] = prefix.split("/");
    const key = [length, "0", "0", "0", ...address.split(".")];
    const value = [`${port}`, ..."0 0 0 2 0 0 0 0 1 2 0 0 0 0 2 0 0 0 0 0 0 0 0".split(" ")];
    await machine.run("bpftool", "map", "update", "id", `${id}`, "key", ...key, "value", ...value);
  }
}

function tree(page: Page) {
  return page.getByRole("treegrid", { name: "routes prefix tree" });
}
const prefixes = async (page: Page): Promise<readonly string[]> => {
  const texts = await tree(page).locator(".grid-body [role=row] [role=gridcell]:first-child").allInnerTexts();
  return texts.map((text) => text.trim());
};

async function routerRuns(page: Page): Promise<void> {
  await steps.makeLab(page);
  await steps.openTemplate(page, "IPv4 router");
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toContainText("accepted");
  await steps.attach(page);
  await expect(steps.runsLine(page)).toContainText("port0 runs xdp_router native");
}

test("routes as a tree, who matches, and what never answers", async ({ workbench }) => {
  const { page, machine } = workbench;
  await routerRuns(page);
  await fillRoutes(machine);
  await steps.openMap(page, "routes");
  await expect(page.getByRole("status", { name: "Entries" })).toContainText("9 /");

  // the switch, by keyboard
  await steps.grid(page, "routes").getByRole("gridcell").first().click();
  await page.keyboard.press("Alt+Shift+T");
  await expect(tree(page).getByRole("row", { name: /^0\.0\.0\.0\/0/ })).toBeFocused();
  expect(await prefixes(page)).toEqual(routes.map(([prefix]) => prefix));
  await expect(tree(page).getByRole("row", { name: /^10\.1\.2\.0/ })).toHaveAttribute("aria-level", "4");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowLeft");
  await expect(tree(page).getByRole("row", { name: /^10\.0\.0\.0\/8/ })).toHaveAttribute("aria-expanded", "false");
  await expect.poll(() => prefixes(page)).toEqual(["0.0.0.0/0", "10.0.0.0/8", "192.0.2.0/24", "192.168.0.0/16"]);

  // the kernel says who answers, and what is folded away opens for it
  await page.keyboard.press("Alt+M");
  await expect(page.getByRole("searchbox", { name: "Who matches an address" })).toBeFocused();
  await page.keyboard.type("10.1.2.3");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status", { name: "Matched" })).toHaveText("10.1.2.0/24");
  const answer = tree(page).getByRole("row", { name: /^10\.1\.2\.0/ });
  await expect(answer).toHaveClass(/lit/);

  const said = page.getByRole("region", { name: "To be said" });
  await expect(said.getByRole("listitem")).toHaveText([
    "1 never answers: more specific entries cover all of it",
    "2 say the same as the next less specific entry",
    "3 of 9 may go together, and no address gets another answer",
  ]);
  await expect(tree(page).getByRole("row", { name: /^10\.2\.0\.0\/16/ })).toContainText("never answers");
  await expect(tree(page).getByRole("row", { name: /^192\.168/ })).toContainText("says the same as 0.0.0.0/0");
  // all of it is seen
  await page.getByRole("button", { name: "Maximize tabset" }).last().click();
  const { look, found } = looker(page, { within: ".map-panel" });
  await look("forwarding-tree");

  // only what is marked, with what is above it
  await said.getByRole("button", { name: "Only these" }).click();
  await expect
    .poll(() => prefixes(page))
    .toEqual(["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.2.0.0/16", "192.168.0.0/16"]);
  await said.getByRole("button", { name: "Only these" }).click();

  // into the address space and out again
  const space = page.getByRole("region", { name: "Address space" });
  await space.getByRole("gridcell", { name: "10.0.0.0/8: all covered, 5 entries in it" }).focus();
  await page.keyboard.press("Enter");
  await expect(space.getByRole("grid", { name: "10.0.0.0/8 in 256 blocks" })).toBeVisible();
  await expect(space).toContainText("10.0.0.0/8 answers for what is blank");
  await page.keyboard.press("Backspace");
  await expect(space.getByRole("grid", { name: "0.0.0.0/0 in 256 blocks" })).toBeVisible();

  // Enter goes to the row of the table
  await tree(page)
    .getByRole("row", { name: /^192\.0\.2/ })
    .focus();
  await page.keyboard.press("Enter");
  const row = steps.rowOf(page, "routes", "192.0.2.0/24");
  await expect(row.locator(":focus")).toBeVisible();
  await expect(row).toHaveClass(/lit/);
  await page.keyboard.press("Alt+M");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("300.1.1.1");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "300.1.1.1" })).toContainText("IPv4 prefix");
  expect(found).toEqual([]);
});

test("a port is picked by its interface, and a route takes what is pasted", async ({ workbench }) => {
  const { page, machine } = workbench;
  await routerRuns(page);
  await page.getByRole("listbox", { name: "Maps of port0" }).getByRole("option", { name: "tx_ports" }).dblclick();
  await expect(page.getByText("tx_ports has no entries yet.")).toBeVisible();
  await page.keyboard.press("Alt+A");
  const form = page.getByRole("form", { name: "New entry of tx_ports" });
  await form.getByRole("textbox", { name: /^key/ }).fill("1");
  await page.keyboard.press("Tab");
  const choices = page.getByRole("listbox", { name: "Choices for ifindex" });
  await expect(choices.getByRole("option")).toHaveCount(3);
  await page.keyboard.type("rt1");
  await expect(choices.getByRole("option")).toHaveText([/^port1.*ifindex \d+ · .*xdpw-lab.* · veth$/]);
  const { look, found } = looker(page, { within: "main" });
  await look("forwarding-pick");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(form.getByRole("combobox", { name: /^ifindex/ })).toHaveValue("port1");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Changes of tx_ports" })).toContainText("1 added");
  await page.keyboard.press("Control+Enter");
  const ports = await mapId(machine, "tx_ports");
  const ifindex = (await machine.run("ip", "-n", steps.lab, "-o", "link", "show", "port1")).split(":")[0] ?? "";
  await expect
    .poll(() =>
      // fails as long as there is no such entry
      machine.run("bpftool", "map", "lookup", "id", `${ports}`, "key", "1", "0", "0", "0").catch(() => "nothing"),
    )
    .toContain(`value: ${Number(ifindex).toString(16).padStart(2, "0")} `);

  await page.getByRole("listbox", { name: "Maps of port0" }).getByRole("option", { name: "routes" }).dblclick();
  await page.keyboard.press("Alt+A");
  const route = page.getByRole("form", { name: "New entry of routes" });
  await route.getByRole("textbox", { name: /^prefix/ }).fill("10.9.0.0 255.255.0.0");
  await page.keyboard.press("Tab");
  await page.keyboard.type("port1");
  await expect(page.getByRole("listbox", { name: "Choices for port" }).getByRole("option")).toHaveText([/^1port1 · /]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(route.getByRole("combobox", { name: /^port/ })).toHaveValue("1");
  await route.getByRole("textbox", { name: /^src/ }).fill("aabb.ccdd.eeff");
  await route.getByRole("textbox", { name: /^dst/ }).fill("aa-bb-cc-dd-ee-01");
  await route.getByRole("textbox", { name: /^packets/ }).fill("0");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Changes of routes" })).toContainText("1 added");
  await page.keyboard.press("Control+Enter");
  const row = steps.rowOf(page, "routes", "10.9.0.0/16");
  await expect(row.getByRole("gridcell").nth(2)).toHaveText("aa:bb:cc:dd:ee:ff");
  await expect(row.getByRole("gridcell").nth(3)).toHaveText("aa:bb:cc:dd:ee:01");

  // the name is as good as the number, and what is counted begins at zero
  await route.getByRole("textbox", { name: /^src/ }).fill("aa:bb:cc:dd:ee:ff");
  await route.getByRole("textbox", { name: /^dst/ }).fill("aa:bb:cc:dd:ee:02");
  await route.getByRole("combobox", { name: /^port/ }).fill("port1");
  await route.getByRole("textbox", { name: /^prefix/ }).fill("10.10.0.0/16");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Changes of routes" })).toContainText("1 added");
  await page.keyboard.press("Control+Enter");
  const second = steps.rowOf(page, "routes", "10.10.0.0/16").getByRole("gridcell");
  await expect(second.nth(1)).toHaveText("1");
  await expect(second.nth(4)).toHaveText("0");
  expect(found).toEqual([]);
});
