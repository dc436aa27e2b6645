/** What tests of the built window do over and over, on the page of the moment. */
import type { Page } from "@playwright/test";
import { expect } from "vitest";

export function stepsOn(page: () => Page, waits: number) {
  async function openCounters(): Promise<void> {
    await page().getByRole("button", { name: "Open Packet counters" }).click();
    await expect.poll(focused, { timeout: waits }).toMatch(/^program\.bpf\.c, source/);
  }
  const editor = () => page().getByRole("textbox", { name: /source\. Ctrl\+M/ });
  const verdict = () => page().getByRole("status", { name: "Verdict" });
  const changes = (map: string) => page().getByRole("region", { name: `Changes of ${map}` });
  const grid = (map: string) => page().getByRole("grid", { name: `${map} entries` });
  async function attachInLab(): Promise<void> {
    await page().keyboard.press("Control+Shift+L");
    await page().getByText("The lab is up").waitFor();
    await openCounters();
    await page().keyboard.press("Control+s");
    await page()
      .getByText(/saved → accepted/)
      .waitFor();
    await page().getByRole("button", { name: "Attach", exact: true }).click();
    await page().getByRole("status", { name: "Attached program" }).getByText("id 214").waitFor();
  }
  async function openMap(name: string): Promise<void> {
    await page().getByRole("listbox", { name: "Maps of port0" }).getByRole("option", { name }).click();
    await grid(name).waitFor();
  }
  async function focused(): Promise<string> {
    return page().evaluate(
      () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "",
    );
  }
  return { openCounters, editor, verdict, changes, grid, attachInLab, openMap, focused };
}
