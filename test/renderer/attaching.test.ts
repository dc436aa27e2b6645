/** Attaching without fear in the built window, over a workbench of sample data: what is in the way, deadlines, several at once. */
import type { Locator, Page } from "@playwright/test";
import { beforeEach, describe, expect, test } from "vitest";
import { looker } from "../axe.ts";
import type { PreflightLine } from "../../protocol/preflight.ts";
import type { Fake } from "./fake-workbench.ts";
import { noChromium, useWindows } from "./windows.ts";

const lro: PreflightLine = {
  ...{ about: "lro", weight: "stops", text: "LRO is on, and virtio_net refuses a native program then." },
  ...{ evidence: "the driver's table", expectation: true },
  fixes: [
    {
      command: "ethtool -K eth0 lro off",
      text: "Turn LRO off: packets are no longer merged in the NIC.",
      run: { do: "set-feature", place: { netns: null, ifindex: 2, name: "eth0" }, feature: "rx-lro", on: false },
    },
  ],
};
const queues: PreflightLine = {
  ...{ about: "queues", weight: "costs", text: "8 queues for 16 CPUs: half of the CPUs share a transmit queue." },
  ...{ evidence: "ethtool -l eth0", expectation: true, fixes: [] },
};
const link: PreflightLine = {
  ...{ about: "link-in-the-way", weight: "stops", text: "A bpf_link (id 12) holds eth0: it cannot be replaced." },
  ...{ evidence: "Can't replace active BPF XDP link", expectation: false, fixes: [] },
};

describe.skipIf(noChromium)("attaching without fear (skipped without a Chromium)", () => {
  const windows = useWindows();
  let fake: Fake;
  let page: Page;
  beforeEach(async () => {
    fake = windows.fake();
    page = await windows.open();
  });

  const option = (name: RegExp): Locator =>
    page.getByRole("listbox", { name: "Interfaces of this machine" }).getByRole("option", { name });
  const runs = (): Locator => page.getByRole("status", { name: "Attached program" });
  const button = (name: string | RegExp): Locator => page.getByRole("button", { name, exact: true });
  const deadlines = (): Locator => page.getByRole("region", { name: "Deadlines" });
  async function ready(): Promise<void> {
    await page.getByRole("button", { name: "Open Packet counters" }).click();
    await expect.poll(focused).toMatch(/^program\.bpf\.c, source/);
    await page.keyboard.press("Control+s");
    await page.getByText(/saved → accepted/).waitFor();
    await option(/eth0/).click();
    await page.getByRole("tab", { name: "program.bpf.c" }).click();
  }
  async function focused(): Promise<string> {
    return page.evaluate(
      () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "",
    );
  }

  const attach = () => page.keyboard.press("Control+Shift+A");
  const told = () => page.getByRole("alert", { name: "Deadline", exact: true });

  test("with nothing in the way Attach is one key: no box, and no deadline in the lab's kind of interface", async () => {
    await ready();
    await button("Before attaching: nothing in the way").waitFor();
    await button("Attach").waitFor();
    let boxes = 0;
    await page.exposeFunction("boxSeen", () => boxes++);
    await page.evaluate(() => {
      new MutationObserver(() => {
        if (document.querySelector("[role=dialog], [role=alertdialog]") !== null) Reflect.get(window, "boxSeen")();
      }).observe(document.body, { childList: true, subtree: true });
    });
    await attach();
    await runs().getByText("id 214").waitFor();
    expect(boxes).toBe(0);
    expect(await deadlines().count()).toBe(0);
    await page.getByText("auto chose native: the kernel reports native support").waitFor();
    fake.knobs.attaching.gapNanoseconds = "1234567";
    const looked = fake.knobs.attaching.looked;
    await button(/Mode$/).click();
    await page.getByRole("option", { name: /^Generic/ }).click();
    await expect.poll(() => fake.knobs.attaching.looked).toBeGreaterThan(looked);
    await attach();
    await page.getByText(/between the modes the interface ran nothing for 1\.2\d* ms/).waitFor();
  });

  test("what stops is asked about first, can be mended in the box, and is labelled by where it is known from", async () => {
    fake.knobs.attaching.lines = { eth0: [queues, link, lro] };
    await ready();
    await page.keyboard.press("Alt+P");
    const lines = page.getByRole("dialog", { name: /^Before attaching/ }).getByRole("listitem");
    await lines.first().waitFor();
    expect(await lines.locator(".tag").allTextContents()).toEqual(["✗ in the way", "✗ in the way", "! costs"]);
    expect(await lines.locator(".source").allTextContents()).toEqual(["the kernel says", "expected", "expected"]);
    await page.keyboard.press("Escape");

    await attach();
    const box = page.getByRole("dialog", { name: "Attach to eth0?" });
    await box.waitFor();
    expect(await focused()).toBe("Cancel");
    await page.keyboard.press("Enter");
    await box.waitFor({ state: "hidden" });
    expect(await runs().textContent()).toBe("eth0 runs no XDP program");

    fake.knobs.attaching.lines = { eth0: [queues, lro] };
    await attach();
    await box.getByRole("button", { name: "Run ethtool -K eth0 lro off" }).click();
    await box.getByText("Nothing is in the way any more.").waitFor();
    expect(fake.knobs.attaching.fixed).toEqual(lro.fixes.map(({ run }) => run));
    await box.getByRole("button", { name: "Attach", exact: true }).click();
    await runs().getByText("id 214").waitFor();
    await button("Before attaching: 1 cost").waitFor();
  });

  test("a deadline is proposed where losing the interface would hurt; it is kept by keys alone, and told sparingly", async () => {
    fake.knobs.attaching.carries = { eth0: ["the default route"] };
    fake.knobs.attaching.confirmWithin = { eth0: 30 };
    await ready();
    await button("Attach, 30 s to confirm").focus();
    await attach();
    await deadlines().getByText("nothing is attached then").waitFor();
    await expect.poll(focused).toBe("Deadline of xdp_count on eth0");
    await expect.poll(() => told().textContent()).toMatch(/in 30 seconds unless you keep it. Keep: Alt\+K/);
    const words = await told().textContent();
    // keys that type do nothing there
    await page.keyboard.press("Enter");
    await page.keyboard.press("Space");
    await expect.poll(() => deadlines().getByRole("timer").textContent()).toMatch(/^2[0-8] s$/);
    expect(await told().textContent()).toBe(words);
    await page.keyboard.press("Tab");
    expect(await focused()).toMatch(/^Keep xdp_count on eth0/);
    await page.keyboard.press("Enter");
    await deadlines().getByText("Confirmed: xdp_count stays").waitFor();
    await expect.poll(() => told().textContent()).toBe("Confirmed: xdp_count stays");
    await runs().getByText("xdp_count").waitFor();
  });

  test("it outlives a reload and a lost connection, and says what came back when it ended", async () => {
    fake.knobs.attaching.confirmWithin = { eth0: 600 };
    await ready();
    await button(/^Deadline/).click();
    const seconds = page.getByRole("textbox", { name: "Seconds to keep it in" });
    await seconds.fill("0");
    await page.getByText("a whole number from 1 to 3600").waitFor();
    await seconds.fill("90");
    await page.keyboard.press("Escape");
    await button("Attach, 90 s to confirm").click();
    await deadlines().getByRole("timer").waitFor();
    await page.reload();
    await expect.poll(() => deadlines().getByRole("timer").textContent()).toMatch(/^[78]\d s$/);
    fake.knobs.refuse = true;
    fake.dropConnections();
    await deadlines()
      .getByText(/No connection: unless it is back in time/)
      .waitFor();
    expect(await button("Keep xdp_count on eth0").isDisabled()).toBe(true);
    fake.expire();
    fake.knobs.refuse = false;
    await deadlines().getByText("Rolled back: nobody confirmed within 90 s; eth0 runs nothing again").waitFor();
    await page.getByRole("button", { name: /^Dismiss: Rolled back/ }).click();
    await deadlines().waitFor({ state: "detached" });
    // not shown again with the next one's list
    fake.dropConnections();
    await page.getByText("The connection to the workbench is lost").waitFor();
    await page.getByText("The connection to the workbench is lost").waitFor({ state: "detached" });
    expect(await deadlines().count()).toBe(0);
  });

  test("several deadlines at once: each for itself, and a key that could mean either leads there", async () => {
    fake.knobs.attaching.confirmWithin = { eth0: 60, lo: 60 };
    await ready();
    await attach();
    await deadlines().getByText("eth0").first().waitFor();
    await option(/^lo/).click();
    await page.getByRole("tab", { name: "program.bpf.c" }).click();
    await button("Attach, 60 s to confirm").click();
    await expect.poll(() => deadlines().getByRole("timer").count()).toBe(2);
    await page.keyboard.press("Alt+K");
    expect(await focused()).toMatch(/^Keep xdp_count on lo/);
    await button("Roll back now xdp_count on lo").click();
    await deadlines().getByText("Rolled back as you said; lo runs nothing again").waitFor();
    expect(await deadlines().getByRole("timer").count()).toBe(1);
    await page.keyboard.press("Alt+B");
    await deadlines().getByText("Rolled back as you said; eth0 runs nothing again").waitFor();
  });

  test("several interfaces with Space, all with one key; what is foreign is asked about; Enter means one again", async () => {
    await ready();
    await page.keyboard.press("Alt+I");
    await page.keyboard.press("Enter");
    await page.getByRole("option", { name: /^eth0/, selected: true }).last().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await page
      .getByRole("listbox", { name: "Interface" })
      .getByRole("option", { name: /docker0/, selected: true })
      .waitFor();
    await page.keyboard.press("Escape");
    await button(/2 eth0, docker0 Interface$/).waitFor();
    expect(await runs().textContent()).toBe("eth0 runs nothing · docker0 runs lb_main skb · id 77");
    await attach();
    const box = page.getByRole("alertdialog");
    await box.getByText("docker0 already runs lb_main").waitFor();
    await page.keyboard.press("Escape");
    await box.waitFor({ state: "hidden" });
    expect(await runs().textContent()).toContain("eth0 runs nothing");
    await attach();
    await box.getByRole("button", { name: "Replace it" }).click();
    await page.getByText("eth0 and docker0 run xdp_count").waitFor();
    await page.getByText(/docker0 \(skb · id 214, it took the place of lb_main \(id 77\)/).waitFor();
    await page.keyboard.press("Alt+I");
    await page.keyboard.press("Enter");
    await page.keyboard.type("lo");
    await page.keyboard.press("Enter");
    await button(/^lo.*Interface$/).waitFor();
    expect(await runs().textContent()).toBe("lo runs no XDP program");
  });

  test("a failure stands where Attach is: ours, the kernel's, the next step; trying again clears it; nothing is covered", async () => {
    await ready();
    await button(/^Before attaching: nothing/).waitFor();
    // what came into the way since it was looked at is offered with the failure
    fake.knobs.attaching.lines = { eth0: [lro] };
    fake.knobs.attaching.refuses = {
      ...{ kind: "kernel", operation: "RTM_SETLINK", errno: 22, code: "EINVAL" },
      extack: "MTU too large for XDP",
      message: "attach xdp_count to eth0: Invalid argument (EINVAL): MTU too large for XDP; lower the MTU",
    };
    await attach();
    const failed = page.getByRole("region", { name: "What failed" });
    await failed.getByText("Attach xdp_count to eth0: Invalid argument (EINVAL)").waitFor();
    await failed.getByText("The kernel says: “MTU too large for XDP” (EINVAL, RTM_SETLINK)").waitFor();
    await failed.getByText("Lower the MTU").waitFor();
    await failed.getByRole("button", { name: /^Run ethtool/ }).click();
    await failed.getByRole("button", { name: /^Run ethtool/ }).waitFor({ state: "detached" });
    fake.knobs.attaching.refuses = null;
    await failed.getByRole("button", { name: "Try again" }).click();
    await runs().getByText("id 214").waitFor();
    expect(await failed.count()).toBe(0);

    await page.keyboard.press("Control+o");
    await page.getByRole("textbox", { name: "Path" }).fill("/no/such.c");
    await page.keyboard.press("Enter");
    const error = page
      .getByRole("region", { name: "Messages" })
      .getByRole("listitem")
      .filter({ hasText: "/no/such.c" });
    await error.waitFor();
    const [one, panels] = [await error.boundingBox(), await page.locator(".panel-layout").boundingBox()];
    expect(one?.y).toBeGreaterThanOrEqual((panels?.y ?? 0) + (panels?.height ?? Number.POSITIVE_INFINITY) - 1);
  });

  test("all of ours is found again with its source after a reload, and detached after a list of it", async () => {
    await ready();
    await attach();
    await runs().getByText("id 214").waitFor();
    await page.reload();
    await option(/eth0/).click();
    await page
      .getByRole("region", { name: "Attached", exact: true })
      .getByRole("button", { name: /^Open .*program\.bpf\.c$/ })
      .click();
    await page.getByRole("tab", { name: "program.bpf.c", selected: true }).waitFor();
    fake.knobs.attaching.stays = { eth0: "its bpf_link is held by somebody else" };
    await button("Detach all of ours…").click();
    const rows = page.getByRole("table", { name: "What will be detached" }).getByRole("row");
    await rows.nth(1).waitFor();
    expect(await rows.nth(1).textContent()).toBe(
      "eth0 xdp_count id 214native/home/ada/xdp/packet-counters/program.bpf.c",
    );
    await page.getByRole("button", { name: "Detach it" }).click();
    await page.getByText("xdp_count on eth0: its bpf_link is held by somebody else").waitFor();
    fake.knobs.attaching.stays = {};
    await page.keyboard.press("Control+Shift+P");
    await page.keyboard.type("detach everything");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Detach it" }).click();
    await page.getByText("1 program was detached").waitFor();
    await button("Detach all of ours…").waitFor({ state: "detached" });
  });

  test("no accessibility violations, in every theme", async () => {
    const { look, found } = looker(page, { without: ".panel-layout" });
    fake.knobs.attaching.lines = { eth0: [queues, lro, link] };
    fake.knobs.attaching.carries = { eth0: ["the default route"] };
    fake.knobs.attaching.confirmWithin = { eth0: 60 };
    await ready();
    await button(/^Before attaching: 2 in the way/).click();
    await page.getByText("A bpf_link (id 12)").waitFor();
    await look("before attaching");
    await page.keyboard.press("Escape");
    await button(/^Deadline/).click();
    await page.getByRole("checkbox", { name: "Roll back unless it is kept" }).waitFor();
    await look("deadline");
    await page.keyboard.press("Escape");
    await attach();
    await page.getByRole("dialog", { name: "Attach to eth0?" }).waitFor();
    await look("asked first");
    await page.getByRole("button", { name: "Attach anyway" }).click();
    await deadlines().getByRole("timer").waitFor();
    await button("Detach all of ours…").click();
    await page.getByRole("table", { name: "What will be detached" }).waitFor();
    await look("detach all");
    await page.keyboard.press("Escape");
    fake.knobs.attaching.refuses = { kind: "usage", message: "attach to eth0: it went wrong" };
    await button("Roll back now xdp_count on eth0").click();
    await attach();
    await page.getByRole("button", { name: "Attach anyway" }).click();
    await page.getByRole("region", { name: "What failed" }).waitFor();
    fake.knobs.attaching.refuses = null;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: "Attach anyway" }).click();
    await deadlines().getByRole("timer").waitFor();
    fake.knobs.attaching.refuses = { kind: "usage", message: "attach to eth0: it went wrong" };
    await attach();
    await page.getByRole("button", { name: "Attach anyway" }).click();
    await page.getByRole("region", { name: "What failed" }).waitFor();
    await look("countdown, ended deadline, failure");
    await button(/Interface$/).click();
    await page.getByText("several at once").waitFor();
    await look("interfaces");
    expect(found).toEqual([]);
  }, 180_000);
});
