/** What a user does over and over with the keyboard alone: no mouse, no focus set from outside. */
import { expect, type Locator, type Page } from "@playwright/test";
import * as steps from "./steps.ts";

export type Role = "button" | "gridcell" | "menuitem" | "option" | "radio" | "tab" | "textbox";

export async function focused(page: Page, role: Role, name: string | RegExp): Promise<void> {
  await expect(
    page.getByRole(role, { name, exact: true }).and(page.locator(":focus")),
    `${name} has the focus`,
  ).toBeVisible();
}

/** Presses a key until it has led there; a window whose focus goes round in a circle without it fails. */
export async function pressUntil(page: Page, key: string, role: Role, name: string | RegExp): Promise<void> {
  await press(page, key, page.getByRole(role, { name, exact: true }).and(page.locator(":focus")));
}

export async function press(page: Page, key: string, until: Locator): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    if (await until.isVisible()) return;
    await page.keyboard.press(key);
  }
  await expect(until, `${key} does not lead there`).toBeVisible();
}

/** File > Open template */
export async function openTemplate(page: Page, title: RegExp): Promise<void> {
  await pressUntil(page, "F6", "button", "File");
  await page.keyboard.press("Enter");
  await focused(page, "menuitem", "Open template");
  await page.keyboard.press("ArrowRight");
  await pressUntil(page, "ArrowDown", "menuitem", title);
  await page.keyboard.press("Enter");
  await expect(steps.editor(page)).toBeFocused();
}

/** one of the tool bar's, which is one stop of Tab */
export async function toTool(page: Page, name: string | RegExp): Promise<void> {
  await page.keyboard.press("Alt+I");
  await focused(page, "button", /Interface$/);
  await pressUntil(page, "ArrowRight", "button", name);
}

export async function chooseMode(page: Page, title: "Native" | "Generic" | "Hardware" | "Auto"): Promise<void> {
  await toTool(page, /Mode$/);
  await page.keyboard.press("Enter");
  await pressUntil(page, "ArrowDown", "option", new RegExp(`^${title}`));
  await page.keyboard.press("Enter");
  await focused(page, "button", new RegExp(`^${title}.* Mode$`));
}

/** from the list at the left */
export async function openMap(page: Page, name: string): Promise<void> {
  await press(page, "F6", page.getByRole("navigation", { name: "Lists" }).locator(":focus"));
  const maps = page.getByRole("listbox", { name: "Maps of port0" });
  await press(page, "Tab", maps.locator(":focus"));
  // the list remembers where it was
  await page.keyboard.press("Home");
  await pressUntil(page, "ArrowDown", "option", new RegExp(`^${name}`));
  await page.keyboard.press("Enter");
  await steps.grid(page, name).waitFor();
}

/** the next tabs of the tab strip that was used last */
export async function showTab(page: Page, name: string): Promise<void> {
  const tab = page.getByRole("tab", { name, exact: true, selected: true });
  await press(page, "Alt+PageDown", tab);
}

export async function send(page: Page): Promise<void> {
  await page.keyboard.press("Control+Shift+E");
  await intoPanel(page, "Traffic");
  await pressUntil(page, "Tab", "button", "Send");
  await page.keyboard.press("Enter");
}

/** F6 leads to the tab or to what it shows */
export async function intoPanel(page: Page, name: string): Promise<void> {
  const tab = page.getByRole("tab", { name, exact: true }).and(page.locator(":focus"));
  await press(page, "F6", tab.or(page.getByRole("tabpanel", { name, exact: true }).locator(":focus")));
}
