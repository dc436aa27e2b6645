/** A whole map to files and back in the window, on the real kernel: each file is seen as a diff before anything is written. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { looker } from "../axe.ts";
import * as keys from "./keys.ts";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

const program = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct prefix { __u32 prefixlen; __u8 addr[4]; };
struct hop { __be32 gateway; __u32 metric; };
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 5);
	__type(key, struct prefix);
	__type(value, struct hop);
} routes SEC(".maps");

SEC("xdp")
int xdp_routes(struct xdp_md *ctx)
{
	struct prefix key = { 32 };
	return bpf_map_lookup_elem(&routes, &key) ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
`;
const head = "prefix,gateway,metric\n";
const first = `${head}10.0.0.0/8,192.0.2.1,10\n10.1.0.0/16,192.0.2.2,20\n`;
const second = `${head}10.0.0.0/8,192.0.2.1,99\n172.16.0.0/12,192.0.2.3,30\n`;

const dialog = (page: Page, deed: string): Locator => page.getByRole("dialog", { name: `${deed}: routes` });
const told = (page: Page): Locator => page.getByRole("region", { name: "Changes of routes" }).getByRole("status");
const entries = (page: Page): Locator => page.getByRole("status", { name: "Entries" });

async function deed(page: Page, name: string, title: string): Promise<Locator> {
  await page.getByRole("button", { name: "Files", exact: true }).click();
  await page.getByRole("menuitem", { name: `${name}…` }).click();
  await expect(dialog(page, title)).toBeVisible();
  return dialog(page, title);
}

async function apply(page: Page, name: string, file: string, differs: string): Promise<void> {
  const box = await deed(page, name, name);
  await box.getByRole("option", { name: file, exact: true }).click();
  await expect(box.getByRole("status")).toContainText(differs);
  await box.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(box).toBeHidden();
}

test("export, import with a diff, undo, snapshot, compare and restore", async ({ workbench: { page, machine } }) => {
  test.slow();
  const { look, found } = looker(page, { within: '[role="dialog"]' });
  const window = looker(page, { within: ".frame" });
  await steps.makeLab(page);
  await steps.openText(page, machine, "routes.bpf.c", program);
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toContainText("accepted");
  await steps.attach(page);
  await expect(steps.runsLine(page)).toContainText("port0 runs xdp_routes");
  const file = (name: string): string => join(machine.workspace, name);
  writeFileSync(file("first.csv"), first);
  writeFileSync(file("second.csv"), second);
  writeFileSync(file("wrong.csv"), `${head}10.0.0.0/33,192.0.2.1,10\n300.1.1.1/8,192.0.2.1,10\n`);
  const more = Array.from({ length: 4 }, (_, at) => `198.51.100.${at}/32,192.0.2.1,1\n`);
  writeFileSync(file("more.csv"), `${head}${more.join("")}`);

  // by keyboard alone
  await page.getByRole("listbox", { name: "Maps of port0" }).getByRole("option", { name: "routes" }).dblclick();
  await expect(page.getByText("routes has no entries yet.")).toBeVisible();
  await keys.intoPanel(page, "routes");
  await keys.pressUntil(page, "Tab", "button", "Files");
  await page.keyboard.press("Enter");
  await keys.pressUntil(page, "ArrowDown", "menuitem", "Import…");
  await page.keyboard.press("Enter");
  await keys.focused(page, "textbox", "Path");
  await page.keyboard.type("first.csv");
  await page.keyboard.press("Enter");
  await expect(dialog(page, "Import").getByRole("status")).toContainText("first.csv: 2 added");
  await look("import-diff");
  await keys.focused(page, "button", "Apply");
  await page.keyboard.press("Enter");
  await expect(told(page)).toContainText("import of first.csv: 2 rows of routes are as asked");
  await expect(steps.rowOf(page, "routes", "10.1.0.0/16")).toBeVisible();

  let box = await deed(page, "Export", "Export");
  await expect(box.getByRole("textbox", { name: "Path" })).toHaveValue(file("routes.csv"));
  await look("export");
  await box.getByRole("button", { name: "Export", exact: true }).click();
  await expect(steps.messages(page)).toContainText(`2 entries of routes in ${file("routes.csv")}`);
  const lines = readFileSync(file("routes.csv"), "utf8").trim().split("\n");
  expect(lines.toSorted()).toEqual(first.trim().split("\n").toSorted());
  box = await deed(page, "Keep a snapshot", "Keep a snapshot");
  await box.getByRole("textbox", { name: "Path" }).fill(file("before.json"));
  await box.getByRole("button", { name: "Keep", exact: true }).click();
  await expect(box).toBeHidden();

  // what is wrong with a file is told with its lines, and nothing is written
  box = await deed(page, "Import", "Import");
  await box.getByRole("option", { name: "wrong.csv", exact: true }).click();
  await expect(box.getByRole("alert")).toContainText("wrong.csv:2:1: prefix");
  await expect(box.getByRole("alert")).toContainText("wrong.csv:3:1: prefix");
  await look("import-wrong");
  await page.keyboard.press("Escape");

  // with a deadline: put back at once, and then for good
  box = await deed(page, "Import", "Import");
  await box.getByRole("option", { name: "second.csv", exact: true }).click();
  await box.getByText("Take back unless kept").click();
  await box.getByRole("textbox", { name: "Seconds to keep it in" }).fill("600");
  await box.getByRole("button", { name: "Apply", exact: true }).click();
  const deadline = page.getByRole("group", { name: "Deadline of the change of 2 rows on routes" });
  await expect(deadline).toContainText("is rolled back unless you keep it; its entries are as before then");
  await expect(steps.rowOf(page, "routes", "10.0.0.0/8")).toContainText("99");
  await window.look("guarded-change");
  await deadline.getByRole("button", { name: /^Roll back now/ }).click();
  await expect(steps.rowOf(page, "routes", "10.0.0.0/8")).toContainText("10");
  await expect(steps.rowOf(page, "routes", "172.16.0.0/12")).toHaveCount(0);
  await page.getByRole("button", { name: /^Dismiss: Rolled back on request: 2 rows of routes as before/ }).click();
  box = await deed(page, "Import", "Import");
  await box.getByRole("option", { name: "second.csv", exact: true }).click();
  await box.getByText("Take back unless kept within").click();
  await expect(box.getByRole("status")).toContainText("second.csv: 1 added, 1 changed");
  await box.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(steps.rowOf(page, "routes", "172.16.0.0/12")).toBeVisible();
  await expect(steps.rowOf(page, "routes", "10.0.0.0/8")).toContainText("99");

  box = await deed(page, "Compare", "Compare");
  await box.getByRole("option", { name: "before.json", exact: true }).click();
  await expect(box.getByRole("status")).toContainText("before.json → now: 1 added, 1 changed, 1 the same");
  await box.getByRole("button", { name: "Close", exact: true }).click();
  await apply(page, "Restore", "before.json", "before.json: 1 changed, 1 removed");
  await expect(told(page)).toContainText("restore of before.json: 2 rows of routes are as asked");
  await expect(steps.rowOf(page, "routes", "172.16.0.0/12")).toHaveCount(0);
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(steps.rowOf(page, "routes", "172.16.0.0/12")).toBeVisible();

  // a full map: which rows are in is told, now and to whoever comes later, and they are taken back
  await apply(page, "Import", "more.csv", "more.csv: 4 added");
  await expect(told(page)).toContainText("2 rows of routes are as asked, 2 rows not reached");
  await expect(told(page)).toContainText("map routes is full");
  await expect(entries(page)).toContainText("5 / 5");
  await page.reload();
  await expect(steps.messages(page)).toContainText("“import of more.csv” in routes broke off: 2 of 4 rows are in");
  await steps.messages(page).getByRole("button", { name: "Resume or undo…" }).click();
  const journal = page.getByRole("dialog", { name: "Changes of routes" });
  const full = journal.getByRole("row").filter({ hasText: "interrupted" });
  await full.getByRole("button", { name: "Which rows are in?" }).click();
  await expect(full).toContainText("2 of 4 rows are in");
  await expect(full).toContainText(/not in: 198\.51\.100\.\d\/32, 198\.51\.100\.\d\/32/);
  await look("journal");
  await full.getByRole("button", { name: "Take back" }).click();
  await expect(full).toHaveCount(0);
  await expect(journal.getByRole("row").filter({ hasText: "import of more.csv" })).toContainText("undone");
  expect([...found, ...window.found]).toEqual([]);
});
