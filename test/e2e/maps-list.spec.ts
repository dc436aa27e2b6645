/**
 * Every map of the machine: made and pinned, drilled into, emptied, frozen and unpinned, all by keyboard. The BPF file
 * system is the machine's: what is made here has names of its own, and goes.
 */
import { rmSync } from "node:fs";
import { expect, type Page } from "@playwright/test";
import * as keys from "./keys.ts";
import { looker } from "../axe.ts";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

const own = `e${process.pid % 100_000}`;
const pinOf = (name: string): string => `/sys/fs/bpf/${name}`;
const inner = `${own}_in`;
const outer = `${own}_out`;
const queue = `${own}_q`;

test.afterEach(() => {
  for (const name of [inner, outer, queue]) rmSync(pinOf(name), { force: true });
});

const list = (page: Page) => page.getByRole("grid", { name: "Maps of this machine" });

async function showList(page: Page, filter: string): Promise<void> {
  await page.keyboard.press("Alt+Shift+M");
  const field = page.getByRole("searchbox", { name: "Filter maps" });
  await keys.press(page, "Tab", field.and(page.locator(":focus")));
  await field.fill(filter);
  // a key that had led nowhere in the list once took the focus there with the next drawing
  await expect(field).toBeFocused();
}

/** from the filter into the list, to the row */
async function toRow(page: Page, name: string): Promise<void> {
  await keys.press(page, "Tab", list(page).locator("tbody :focus"));
  await page.keyboard.press("Home");
  await keys.press(page, "ArrowDown", list(page).getByRole("row", { name }).and(page.locator(":focus")));
}

/** what a map's own menu offers, in its tab */
async function mapMenu(page: Page, name: string, item: RegExp): Promise<void> {
  await page.getByRole("button", { name: `Map: what to do with ${name}` }).focus();
  await page.keyboard.press("Enter");
  await keys.pressUntil(page, "ArrowDown", "menuitem", item);
  await page.keyboard.press("Enter");
}

/** Cancel has the focus at first */
async function answer(page: Page, title: string): Promise<void> {
  await keys.focused(page, "button", "Cancel");
  await page.keyboard.press("Tab");
  await keys.focused(page, "button", title);
  await page.keyboard.press("Enter");
}

test("maps are made, pinned, drilled into, cleared, frozen and unpinned by keyboard", async ({ workbench }) => {
  const { page, machine } = workbench;
  const { look, found } = looker(page);
  const bpftool = async (...words: string[]): Promise<unknown> =>
    JSON.parse((await machine.run("bpftool", "-j", "map", ...words)) || "null");

  await page.keyboard.press("Alt+Shift+M");
  await expect(page.getByRole("status", { name: "How many maps" })).toContainText(/\d maps? · /);
  await keys.pressUntil(page, "Tab", "button", "New map…");
  await page.keyboard.press("Enter");
  await keys.focused(page, "textbox", "Name");
  await page.keyboard.type(inner);
  await expect(page.getByRole("textbox", { name: "Pinned at" })).toHaveValue(pinOf(inner));
  await look("maps-new");
  await page.keyboard.press("Enter");
  await expect(steps.messages(page)).toContainText(`${inner} is made`);
  const { id } = (await bpftool("show", "pinned", pinOf(inner))) as { id: number };
  await expect(page.getByText(`${inner} has no entries yet.`)).toBeVisible();

  await machine.run(
    "bpftool",
    "map",
    "update",
    "id",
    `${id}`,
    ..."key hex 01 00 00 00 value hex 0a 0 0 0 0 0 0 0".split(" "),
  );
  const kind = "type array_of_maps key 4 value 4 entries 4 name".split(" ");
  await machine.run("bpftool", "map", "create", pinOf(outer), ...kind, outer, "inner_map", "id", `${id}`);
  await machine.run(
    "bpftool",
    "map",
    "update",
    "pinned",
    pinOf(outer),
    ..."key hex 01 00 00 00 value id".split(" "),
    `${id}`,
  );
  await machine.run(
    "bpftool",
    "map",
    "create",
    pinOf(queue),
    ..."type queue key 0 value 4 entries 4 name".split(" "),
    queue,
  );
  await machine.run("bpftool", "map", "push", "pinned", pinOf(queue), ..."value hex 07 00 00 00".split(" "));

  await showList(page, own);
  await expect(list(page).getByRole("row", { name: inner })).toContainText("in map", { timeout: 15_000 });
  await expect(list(page).getByRole("row", { name: queue })).toContainText(pinOf(queue));
  await look("maps-list");
  await toRow(page, outer);
  await page.keyboard.press("Enter");
  await expect(steps.rowOf(page, outer, "1")).toContainText(inner);
  await steps.rowOf(page, outer, "1").getByRole("gridcell").first().focus();
  await page.getByRole("button", { name: "Open inner map" }).focus();
  await page.keyboard.press("Enter");
  const crumb = page.getByRole("navigation", { name: "Outer map" });
  await expect(crumb).toContainText(`${outer}[1]`);
  await expect(page.getByRole("status", { name: "Entries" })).toContainText("1 / 1,024");
  await look("maps-inner");
  await crumb.getByRole("button").focus();
  await page.keyboard.press("Enter");

  await page.getByRole("button", { name: "New inner map" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("2");
  await page.keyboard.press("Enter");
  await expect(steps.rowOf(page, outer, "2")).toBeVisible();
  const entries = (await bpftool("dump", "pinned", pinOf(outer))) as unknown[];
  expect(entries).toHaveLength(2);

  await showList(page, queue);
  await toRow(page, queue);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Peek at the next" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status", { name: "Next element" })).toContainText("0x07000000");
  await look("maps-queue");
  expect(await bpftool("peek", "pinned", pinOf(queue))).not.toBeNull();

  await showList(page, inner);
  await toRow(page, inner);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status", { name: "Entries" })).toContainText("1 / 1,024");
  await mapMenu(page, inner, /^Clear…$/);
  await expect(page.getByRole("alertdialog")).toContainText("Undo brings them back");
  await answer(page, "Clear");
  await expect(page.getByRole("status", { name: "Entries" })).toContainText("0 / 1,024");
  expect(await bpftool("dump", "id", `${id}`)).toEqual([]);
  await page.keyboard.press("Control+z");
  await answer(page, "Take back");
  await expect(page.getByRole("status", { name: "Entries" })).toContainText("1 / 1,024");
  await mapMenu(page, inner, /^Freeze…$/);
  await answer(page, "Freeze");
  await expect(page.getByText("read only: is frozen")).toBeVisible();
  expect(await bpftool("show", "id", `${id}`)).toMatchObject({ frozen: 1 });

  await mapMenu(page, inner, new RegExp(`^Unpin ${pinOf(inner)}`));
  await expect(page.getByRole("alertdialog")).toContainText("The map stays: map of maps id");
  await answer(page, "Unpin");
  await expect.poll(() => machine.shell(`ls ${pinOf(inner)} 2>/dev/null || true`)).toBe("");

  await showList(page, outer);
  await toRow(page, outer);
  await page.keyboard.press("Tab");
  await keys.focused(page, "button", `What to do with ${outer}`);
  await page.keyboard.press("Enter");
  await keys.pressUntil(page, "ArrowDown", "menuitem", new RegExp(`^Unpin ${pinOf(outer)}`));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await answer(page, "Unpin");
  await expect(steps.messages(page)).toContainText(`${outer} is no longer pinned`);
  await page.keyboard.press("Alt+W");
  expect(found).toEqual([]);
});
