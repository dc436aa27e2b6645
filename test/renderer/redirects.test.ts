/** The page of the redirect doctor in the built window, over redirects of a sample machine. */
import type { Locator, Page } from "@playwright/test";
import { beforeEach, describe, expect, test } from "vitest";
import { looker } from "../axe.ts";
import { sampleCounts, sampleRedirects } from "./fake-redirects.ts";
import type { Fake } from "./fake-workbench.ts";
import { noChromium, useWindows } from "./windows.ts";

describe.skipIf(noChromium)("the redirect doctor's page (skipped without a Chromium)", () => {
  const windows = useWindows();
  let fake: Fake;
  let page: Page;
  beforeEach(async () => {
    fake = windows.fake();
    page = await windows.open();
    await page.keyboard.press("Alt+Shift+R");
    await lost().first().waitFor();
  });

  const lost = (): Locator => page.getByRole("region", { name: "Lost" }).locator(".loss");
  const arrived = (): Locator => page.getByRole("table", { name: "Packets on their way" }).locator("tbody tr");
  const text = async (of: Locator): Promise<string> => (await of.textContent()) ?? "";

  test("tells each loss in words, with its counts and what would help, and what arrived; no accessibility violations", async () => {
    expect(await lost().count()).toBe(2);
    const first = await text(lost().first());
    expect(first).toContain("Target has no XDP program: EOPNOTSUPP");
    expect(first).toContain("18,342 lost");
    expect(first).toContain("port0 xdpw-lab → port1 xdpw-lab");
    expect(first).toContain("xdp_forward (id 201)");
    expect(first).toContain("nsenter --net=/run/netns/xdpw-host1 ethtool -K eth0 gro on");
    expect(await text(lost().nth(1))).toContain("Aborted: perhaps an empty slot of tx_ports");
    expect(await arrived().allTextContents()).toEqual([
      "port1 xdpw-lab → port0 xdpw-labredirectedxdp_forward90,2111,504",
      "port1 xdpw-lab → port0 xdpw-labsent90,2111,504",
    ]);

    const { look, found } = looker(page);
    await look("redirects");
    expect(found).toEqual([]);
  }, 120_000);

  test("by keyboard: attaches the pass program to the other end, turns GRO on, opens the map, counts from zero", async () => {
    const press = async (name: RegExp): Promise<void> => {
      const button = page.getByRole("button", { name });
      await button.focus();
      await page.keyboard.press("Enter");
    };
    await press(/^Attach a program that passes everything to eth0/);
    await page.getByText("xdp_pass is attached to eth0: it passes everything").waitFor();
    expect(fake.redirects.passed()).toEqual([{ netns: "xdpw-host1", ifindex: 2, name: "eth0" }]);
    await press(/^Turn on GRO on eth0/);
    await page.getByText("Done: turn on GRO on eth0 in xdpw-host1").waitFor();
    await press(/^See which slots of tx_ports are set/);
    await page.getByRole("tab", { name: "tx_ports" }).waitFor();

    // what stops being lost stays told as such, and counting begins from zero where it is asked for
    const quiet = sampleRedirects(sampleCounts, 61);
    fake.redirects.tell({ ...quiet, rows: quiet.rows.map((row) => ({ ...row, rate: 0, lossRate: 0 })) });
    await expect.poll(() => text(lost().first())).toContain("none in the last second");
    await page.getByRole("button", { name: "Count from zero" }).click();
    await page.getByText("No program redirected a packet").waitFor();
    const more = sampleCounts.slice(2).map((one) => ({ ...one, packets: `${BigInt(one.packets) + 7n}` }));
    fake.redirects.tell(sampleRedirects([...sampleCounts.slice(0, 2), ...more], 63));
    await page.getByText("✓ Nothing is lost.").waitFor();
    expect(await arrived().locator("td.number:nth-child(4)").allTextContents()).toEqual(["7", "7"]);
    await page.getByText("counted for 2 s").waitFor();
    // and where it is looked at again, that is forgotten
    await page.getByRole("tab", { name: "Start" }).click();
    await page.getByRole("tab", { name: "Redirects" }).click();
    await page.getByText("counted for 63 s").waitFor();
  });

  test("counts while it is seen only, and says why where it ends", async () => {
    await expect.poll(() => fake.redirects.watching()).toBe(1);
    await page.getByRole("tab", { name: "Start" }).click();
    await expect.poll(() => fake.redirects.watching()).toBe(0);
    await page.getByRole("tab", { name: "Redirects" }).click();
    await expect.poll(() => fake.redirects.watching()).toBe(1);
    fake.redirects.gone("the helper ended: start it again");
    await page.getByText("the helper ended: start it again").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await lost().first().waitFor();
    fake.setHelper({ state: "locked" });
    await page.getByText("Counting takes the helper with privilege.").waitFor();
    await page.getByRole("button", { name: "Start the helper" }).click();
    await lost().first().waitFor();
  });
});
