/** A forwarding table is edited as a spreadsheet is, and nothing is in the map before it was seen: keyboard alone. */
import type { Page } from "@playwright/test";
import { looker } from "../axe.ts";
import * as keys from "./keys.ts";
import { isRoot, type Machine, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);
// axe takes its time on a busy machine
test.describe.configure({ timeout: 180_000 });

const map = "blocklist";
const bar = (page: Page) => page.getByRole("region", { name: `Changes of ${map}` });

test("rows are pasted, edited, removed, applied, settled and taken back", async ({ workbench: { page, machine } }) => {
  const { keyboard } = page;
  const { look, found } = looker(page);
  await steps.makeLab(page);
  await steps.openTemplate(page, "IPv4 blocklist");
  await keyboard.press("Control+S");
  await expect(steps.verdict(page)).toContainText("accepted");
  await steps.attach(page);
  await expect(steps.runsLine(page)).toContainText("xdp_blocklist");
  const id = await idOf(machine);

  await page.getByRole("listbox", { name: "Maps of port0" }).getByRole("option", { name: map }).dblclick();
  await page.getByText(`${map} has no entries yet`).waitFor();
  await keys.intoPanel(page, map);
  await keys.pressUntil(page, "Tab", "button", "Add entry");
  // what people have in their clipboards: masks as routers print them, and one line that is none
  await paste(
    page,
    "192.0.2.0/24\t1\t10\n198.51.100.0 255.255.255.0\t2\t20\n300.1.1.1/8\t1\t1\n203.0.113.0/24\t3\t30\n",
  );
  await expect(steps.messages(page)).toContainText(/line 3: .*300\.1\.1\.1/);
  await expect(bar(page)).toContainText("Not in the map yet: 3 added");
  expect(await entries(machine, id)).toEqual([]);
  await keyboard.press("Control+Enter");
  await expect(bar(page)).toContainText("3 rows of blocklist are as asked");
  expect(await entries(machine, id)).toEqual(["192.0.2.0/24 1 10", "198.51.100.0/24 2 20", "203.0.113.0/24 3 30"]);

  // a cell, typed over; the one right of it by Tab; a row taken out
  await keys.pressUntil(page, "Tab", "gridcell", /^192/);
  await keyboard.press("ArrowRight");
  await keyboard.type("7");
  await keyboard.press("Tab");
  await keyboard.type("70");
  await keyboard.press("Enter");
  await keyboard.press("Delete");
  await expect(bar(page)).toContainText("1 changed, 1 removed");
  await keys.pressUntil(page, "Tab", "button", "Review");
  await keyboard.press("Enter");
  const diff = bar(page).getByRole("region", { name: "What will change" });
  await expect(diff.getByRole("row", { name: /changed/ })).toContainText("1 → 7");
  await look("staged-diff");

  // somebody else is quicker
  await machine.shell(
    `bpftool map update id ${id} key hex 18 00 00 00 c0 00 02 00 value hex 63 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00`,
  );
  await keyboard.press("Control+Enter");
  const conflicts = bar(page).getByRole("region", { name: "Conflicts" });
  await expect(conflicts).toContainText("1 row was changed by somebody else");
  await expect(conflicts.getByRole("row", { name: /192\.0\.2\.0\/24/ })).toContainText(/changed meanwhile.*packets 99/);
  expect(await entries(machine, id)).toEqual(["192.0.2.0/24 99 0", "203.0.113.0/24 3 30"]);
  await look("staged-conflict");
  await keys.pressUntil(page, "Tab", "button", "Stage mine again: 192.0.2.0/24");
  await keyboard.press("Enter");
  await keyboard.press("Control+Enter");
  await expect(bar(page)).toContainText("1 row of blocklist is as asked");
  expect(await entries(machine, id)).toEqual(["192.0.2.0/24 7 70", "203.0.113.0/24 3 30"]);

  // back, and again: both through the journal
  await keyboard.press("Control+Z");
  await expect(bar(page)).toContainText("Taken back: 1 row");
  expect(await entries(machine, id)).toEqual(["192.0.2.0/24 99 0", "203.0.113.0/24 3 30"]);
  await keyboard.press("Control+Y");
  await expect(bar(page)).toContainText("Applied again: 1 row");
  expect(await entries(machine, id)).toEqual(["192.0.2.0/24 7 70", "203.0.113.0/24 3 30"]);
  expect(found).toEqual([]);
});

async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((block) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", block);
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

async function idOf(machine: Machine): Promise<number> {
  const maps: unknown = JSON.parse(await machine.shell(`bpftool -j map show name ${map}`));
  return (Array.isArray(maps) ? maps : [maps]).reduce((last: number, { id }: { id: number }) => Math.max(last, id), 0);
}

/** As bpftool sees them, "prefix packets bytes" each. */
async function entries(machine: Machine, id: number): Promise<string[]> {
  const dump = JSON.parse(await machine.shell(`bpftool -j map dump id ${id}`)) as {
    formatted: { key: { prefixlen: number; addr: number }; value: { packets: number; bytes: number } };
  }[];
  return dump
    .map(({ formatted: { key, value } }) => {
      const address = Buffer.alloc(4);
      address.writeUInt32LE(key.addr);
      return `${[...address].join(".")}/${key.prefixlen} ${value.packets} ${value.bytes}`;
    })
    .toSorted();
}
