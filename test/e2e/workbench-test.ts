/** Every spec's `test`: a workbench of its own, in a page that must not complain about anything. */
import { test as base, type Page } from "@playwright/test";
import { type Door, openWorkbench, whyNot } from "../electron/launch.ts";
import { type Machine, openMachine, type RunningServer } from "./open-workbench.ts";

export interface Workbench {
  readonly page: Page;
  readonly machine: Machine;
  readonly server: RunningServer;
  /** errors of the console that the test brings about itself */
  expectTrouble(...patterns: readonly RegExp[]): void;
  /** another window of the same browser: its complaints count too */
  listen(page: Page): void;
}

const size = { width: 1600, height: 1000 };

export const test = base.extend<{ workbench: Workbench; machine: Machine; door: Door }>({
  /** a project's choice: the same specs run behind each door */
  door: ["browser", { option: true }],
  viewport: size,
  colorScheme: "dark",
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures' names from a destructured parameter
  machine: async ({}, use) => {
    const machine = await openMachine();
    await use(machine);
    await machine.close();
  },
  page: async ({ page, door, machine }, use) => {
    const why = whyNot(door);
    base.skip(why !== null, why ?? "");
    if (door === "browser") return use(page);
    const opened = await openWorkbench(door, { env: machine.env, inside: machine.inside });
    await opened.page.setViewportSize(size);
    await opened.page.emulateMedia({ colorScheme: "dark" });
    await use(opened.page);
    await opened.close();
  },
  workbench: async ({ page, machine, door }, use) => {
    const troubles: string[] = [];
    const expected: RegExp[] = [];
    const listen = (to: Page): void => {
      // violations of the content security policy are errors of the console, too
      to.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) troubles.push(`${message.type()}: ${message.text()}`);
      });
      to.on("pageerror", (error) => troubles.push(`uncaught: ${error.stack ?? error.message}`));
      to.on("crash", () => troubles.push("the page crashed"));
    };
    listen(page);
    const server = await machine.serve();
    if (door === "browser") await page.goto(server.url);
    await page.getByRole("button", { name: "Open Packet counters" }).waitFor({ timeout: 15_000 });
    await use({ page, machine, server, listen, expectTrouble: (...patterns) => expected.push(...patterns) });
    const unexpected = troubles.filter((text) => !expected.some((pattern) => pattern.test(text)));
    base.expect(unexpected, "errors in the page's console").toEqual([]);
  },
});

export { expect } from "@playwright/test";
