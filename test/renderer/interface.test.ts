/** The page of an interface, and lists that follow the kernel, in the built window over a workbench of sample data. */
import type { Locator, Page } from "@playwright/test";
import { beforeEach, describe, expect, test } from "vitest";
import { looker } from "../axe.ts";
import type { NetworkInterface } from "../../protocol/interfaces.ts";
import type { Fake } from "./fake-workbench.ts";
import { noChromium, useWindows } from "./windows.ts";

describe.skipIf(noChromium)("an interface's page (skipped without a Chromium)", () => {
  const windows = useWindows();
  let fake: Fake;
  let page: Page;
  beforeEach(async () => {
    fake = windows.fake();
    page = await windows.open();
  });

  const option = (name: RegExp): Locator =>
    page.getByRole("listbox", { name: "Interfaces of this machine" }).getByRole("option", { name });
  const card = (name: string): Locator => page.getByRole("region", { name, exact: true });
  const openPage = async (name: RegExp): Promise<void> => {
    await option(name).click();
    await card("Driver").waitFor();
  };
  const edit = (name: string, change: Partial<NetworkInterface>) => (all: NetworkInterface[]) =>
    all.map((one) => (one.name === name ? { ...one, ...change } : one));
  const text = async (of: Locator): Promise<string> => (await of.textContent()) ?? "";

  test("says everything of each part, and of what a driver lacks that it lacks it", async () => {
    await openPage(/eth0/);
    expect(await text(card("Queues and rings"))).toMatch(/Combined channels8 of 63.*RX ring512 of 8,192.*rx-usecs1/s);
    expect(await text(card("Queues and rings"))).toContain("Not supported by this driver: RX, TX, Other.");
    expect(await text(card("Interface"))).toContain("10 Gb/s, full duplex");
    expect(await text(card("Modes"))).toContain("LRO is on, and most drivers refuse then: ethtool -K eth0 lro off");
    const statistics = await card("Statistics").locator("dt").allTextContents();
    expect(statistics.slice(0, 2)).toEqual(["rx_queue_0_xdp_packets", "rx_queue_0_xdp_drops"]);
    await openPage(/docker0/);
    expect(await text(card("Queues and rings"))).toContain("Not supported by this driver (ethtool -l)");
    expect(await text(card("Statistics"))).toContain("Not supported by this driver (ethtool -S)");
    expect(await text(card("Interface"))).toContain("speedNot supported by this driver (ethtool)");
    const pages = page.locator(".interface-page");
    expect(await pages.locator("dd:empty, .bad-text").count()).toBe(0);
  });

  test("shows what is attached with its chain, its maps and how often it runs", async () => {
    const program = { mode: "native" as const, id: 150, name: "xdp_dispatcher", tag: "aa01bb02cc03dd04", jited: true };
    fake.changeInterfaces(edit("eth0", { attached: [{ ...program, loadTime: "1" }] }));
    await openPage(/eth0/);
    const attached = card("Attached");
    await attached.getByText("a bpf_link, id 12").waitFor();
    await attached.getByText("xdp_stats_map (id 41)").waitFor();
    const chain = attached.getByRole("list", { name: "Programs of the dispatcher" }).getByRole("listitem");
    expect(await chain.allTextContents()).toEqual([
      "xdp_filter id 301 · priority 10 · goes on after XDP_PASS",
      "xdp_count id 302 · priority 50 · goes on after XDP_PASS",
    ]);
    await attached.getByText("300,000 /s · 41 ns a run · 1.2 % of a CPU").waitFor();
    for (const words of ["300,000 runs /s", "41 ns a run", "1.2 % of a CPU"])
      await card("Runs")
        .getByRole("img", { name: `over the last minute: ${words}` })
        .waitFor();
  });

  test("of a program of the device and one of the host the one to detach is asked for, by keyboard alone", async () => {
    const program = { name: "xdp_filter", tag: "aa01bb02cc03dd04", jited: true, loadTime: "1" };
    const attached = [
      { ...program, mode: "skb" as const, id: 150 },
      { ...program, mode: "hw" as const, id: 151, name: "xdp_drop" },
    ];
    fake.changeInterfaces(edit("eth0", { attached }));
    await openPage(/eth0/);
    await card("Runs").getByText("the device runs it: the kernel does not see its runs").waitFor();
    await card("Attached").getByText("not counted: the device runs it").waitFor();
    await page.getByRole("button", { name: "Detach", exact: true }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("alertdialog", { name: "Detach which program of eth0?" });
    await dialog.getByRole("button", { name: "xdp_drop · hardware · id 151" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("xdp_drop (id 151) was detached from eth0").waitFor();
  });

  test("counts while it is seen, and asks for nothing behind another tab", async () => {
    await openPage(/eth0/);
    await page.getByRole("img", { name: /received 1,204,551 \/s, sent 310,000 \/s, dropped 10,150 \/s/ }).waitFor();
    const queues = card("By queue").getByRole("row");
    expect(await queues.allTextContents()).toEqual([
      "queueXDP packets /sXDP drop /s",
      "0 ▬150,8201,011",
      "1 ▬149,2001,019",
    ]);
    await card("By queue")
      .getByRole("img", { name: "XDP packets /s by queue over the last minute: queue 0 150,820, queue 1 149,200" })
      .waitFor();
    await page.getByRole("tab", { name: "Start" }).click();
    await card("Packets per second").waitFor({ state: "hidden" });
    // what was under way may still come
    await page.waitForTimeout(500);
    const before = fake.counted();
    await page.waitForTimeout(1_000);
    expect(fake.counted()).toBe(before);
  });

  test("follows what happens to it: down, another name, gone; the choice stays with the device", async () => {
    await openPage(/eth0/);
    const picker = page.getByRole("button", { name: /Interface$/ });
    fake.changeInterfaces(edit("eth0", { up: false }));
    await option(/eth0.*down/).waitFor();
    await card("Interface").getByText("down, carrier").waitFor();
    fake.changeInterfaces(edit("eth0", { name: "wan0" }));
    await page.getByText("eth0 is called wan0 now").waitFor();
    await expect.poll(() => picker.textContent(), { timeout: 10_000 }).toContain("wan0");
    await card("Interface").getByText("ip -d link show wan0").waitFor();
    fake.changeInterfaces((all) => all.filter(({ name }) => name !== "eth0"));
    await page.getByText("wan0 went away: what follows was true when it was last seen.").waitFor();
    await expect.poll(() => picker.textContent(), { timeout: 10_000 }).toContain("Choose an interface");
  });

  test("another device under the same number is not the one that was chosen", async () => {
    await openPage(/eth0/);
    fake.changeInterfaces(edit("eth0", { name: "eth9", mac: "02:fc:00:00:00:99" }));
    await page.getByText("eth0 went away: no interface is chosen now").waitFor();
  });

  test("a mode that nobody can say anything about is tried after asking, by keyboard alone", async () => {
    fake.changeInterfaces(edit("eth0", { features: null }));
    await openPage(/eth0/);
    await card("Modes").getByText("hint", { exact: true }).waitFor();
    const button = card("Modes").getByRole("button", { name: "Try Native…" });
    await button.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("alertdialog");
    await dialog.getByText("Many drivers restart their queues").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await button.focus();
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Try it" }).focus();
    await page.keyboard.press("Enter");
    await card("Modes").getByText("a program was attached to eth0 for a moment").waitFor();
    expect(await button.count()).toBe(0);
  });

  test("no accessibility violations, in every theme", async () => {
    const { look, found } = looker(page);
    fake.changeInterfaces(edit("docker0", { features: null }));
    await openPage(/docker0/);
    await card("Attached")
      .getByText(/of a CPU/)
      .waitFor();
    for (const top of [0, 900]) {
      await page.locator(".interface-page").evaluate((element, to) => element.scrollTo(0, to), top);
      await look(`interface at ${top}`);
    }
    expect(found).toEqual([]);
  }, 180_000);
});
