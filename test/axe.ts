/** What a window shows, held against axe's rules (https://github.com/dequelabs/axe-core). */
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

const themes = ["dark", "light", "contrast"] as const;

/** CSS selectors */
interface Part {
  readonly within?: string;
  readonly without?: string;
}

/** @returns each rule that is broken, with the elements that break it */
export async function brokenRules(page: Page, { within, without }: Part = {}): Promise<readonly string[]> {
  // In the page itself rather than with a second one beside it, which frames of other origins would need, and without
  // a report of all that is well: a third of the time.
  const builder = new AxeBuilder({ page, ...((await hasAxe(page)) ? { axeSource: "0" } : {}) })
    .setLegacyMode()
    .options({ resultTypes: ["violations"] });
  if (within !== undefined) builder.include(within);
  if (without !== undefined) builder.exclude(without);
  const { violations } = await builder.analyze();
  return violations.map(({ id, help, nodes }) => {
    const where = nodes.map(({ html, any }) => `${html.slice(0, 150)} ${any[0]?.message ?? ""}`);
    return `${id}: ${help}: ${where.join(" | ")}`;
  });
}

/** It is half a megabyte of script, which a page that was looked at before has. */
function hasAxe(page: Page): Promise<boolean> {
  return page.evaluate(() => "axe" in globalThis);
}

/**
 * `look` holds what is shown against the rules in each theme; `found` is what breaks one. With XDPW_LOOKS=FOLDER pictures
 * of it are left there, to be looked at.
 */
export function looker(
  page: Page,
  part?: Part,
): { readonly look: (at: string) => Promise<void>; readonly found: readonly string[] } {
  const found: string[] = [];
  const folder = process.env["XDPW_LOOKS"];
  const look = async (at: string): Promise<void> => {
    for (const theme of themes) {
      // as the system asks for it, which closes no menu and no dialog
      await page.emulateMedia({
        colorScheme: theme === "light" ? "light" : "dark",
        contrast: theme === "contrast" ? "more" : "no-preference",
      });
      await page.locator(`html[data-theme="${theme}"]`).waitFor({ state: "attached" });
      for (const rule of await brokenRules(page, part)) found.push(`${at}, ${theme}: ${rule}`);
      if (folder !== undefined) await page.screenshot({ path: join(folder, `${at}-${theme}.png`) });
    }
  };
  return { look, found };
}
