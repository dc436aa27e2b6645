/**
 * The pictures of the documentation, taken of the real thing: into .cache/e2e-images, or with XDPW_UPDATE_IMAGES=1 into
 * docs/images. Ids, tags and times differ from run to run, so nothing is compared pixel by pixel; whoever updates them
 * looks at them.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { counted, newestTraffic } from "./checks.ts";
import * as keys from "./keys.ts";
import { isRoot, needsRoot, repository } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

const folder = join(repository, process.env["XDPW_UPDATE_IMAGES"] === "1" ? "docs/images" : ".cache/e2e-images");
const leastBytes = 20_000;

/** Written by hand over the template: what a beginner writes. */
const rejectedProgram = `#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

/* Drop IPv4, pass the rest. */
SEC("xdp")
int xdp_parser(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	struct ethhdr *eth = data;

	if (eth->h_proto == bpf_htons(ETH_P_IP))
		return XDP_DROP;

	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
`;

test.skip(!isRoot, needsRoot);

test("the pictures of the documentation", async ({ workbench: { page, machine } }) => {
  test.slow();
  await expect(page.getByRole("listbox", { name: "Programs", exact: true })).toBeVisible();
  await takeBoth(page, "start", ["From source to packets", "Packet counters", "Make the lab"]);

  await steps.openCounters(page);
  await machine.run("ip", "-n", "xdpw-host0", "link", "set", "dev", "eth0", "mtu", "9000");
  await keys.chooseMode(page, "Native");
  await page.getByRole("button", { name: "Before attaching: 1 in the way" }).waitFor();
  await page.keyboard.press("Alt+P");
  await takeBoth(page, "preflight", ["Before attaching", "has MTU 9000", "set the MTU of eth0 to 3506", "expected"]);
  await page.getByRole("button", { name: /^Run ip/ }).click();
  await page.getByText("MTU 3506, and that is within the limit").waitFor();
  await page.keyboard.press("Escape");
  await steps.attach(page);
  await expect(steps.runsLine(page)).toContainText("port0 runs xdp_count native");
  await page.getByRole("button", { name: /^Deadline/ }).click();
  const deadline = page.getByRole("checkbox", { name: "Roll back unless it is kept" });
  await deadline.press("Space");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Attach, 30 s to confirm" }).click();
  await page.getByRole("region", { name: "Deadlines" }).getByRole("timer").waitFor();
  await dismissMessages(page);
  await takeBoth(page, "deadline", ["is rolled back unless you keep it", "comes back", "Roll back now"]);
  await page.keyboard.press("Alt+K");
  await page.getByRole("button", { name: /^Dismiss: Confirmed/ }).click();
  await page.getByRole("button", { name: /^Deadline/ }).click();
  await deadline.press("Space");
  await page.keyboard.press("Escape");

  await page.keyboard.press("Control+1");
  await expect(steps.editor(page)).toBeFocused();
  await page.keyboard.press("Control+G");
  await page.keyboard.type("72");
  await page.keyboard.press("Enter");
  await steps.openMap(page, "xdp_stats_map");
  await steps.bottomPanel(page, "Traffic");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await newestTraffic(page, "1,000", "1,000");
  await steps.bottomPanel(page, "xdp_stats_map");
  await counted(page, "XDP_PASS", "1,000");
  await dismissMessages(page);
  await takeBoth(page, "workbench", ["xdp_count", "✓ accepted", "XDP_PASS", "1,000", "jited"]);

  await page.keyboard.press("Control+1");
  await page.keyboard.press("Control+G");
  await page.keyboard.type("73");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Alt+9");
  await page.getByRole("textbox", { name: /^Translated of/ }).waitFor({ state: "attached" });
  await takeBoth(page, "code", ["Translated", "lines from it", "xdp_count · id"]);
  await page.keyboard.press("Control+1");
  await page.getByRole("tab", { name: "Code", exact: true }).click();
  await page.keyboard.press("Alt+W");

  await page.getByRole("tab", { name: "Start" }).click();
  await steps.openTemplate(page, "IPv4 blocklist");
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toContainText("accepted");
  await steps.attach(page);
  // counted packets would be lost: it is asked first
  await page
    .getByRole("dialog", { name: /^Replace xdp_count/ })
    .getByRole("button", { name: "Attach" })
    .click();
  await expect(steps.runsLine(page)).toContainText("xdp_blocklist");
  await page.getByRole("listbox", { name: "Maps of port0" }).getByRole("option", { name: "blocklist" }).click();
  await page.getByRole("tabpanel", { name: "blocklist" }).waitFor();
  await page.getByRole("button", { name: "Add entry" }).click();
  const form = page.getByRole("form", { name: "New entry of blocklist" });
  for (const prefix of ["192.0.2.0/24", "198.51.100.7/32", "203.0.113.0/24", "203.0.113.128/25"]) {
    await form.getByRole("textbox", { name: /^prefix/ }).fill(prefix);
    await form.getByRole("textbox", { name: /^packets/ }).fill("0");
    await form.getByRole("textbox", { name: /^bytes/ }).fill("0");
    await form.getByRole("button", { name: "Stage" }).click();
  }
  const staged = page.getByRole("region", { name: "Changes of blocklist" });
  await staged.getByText("4 added").waitFor();
  await form.getByRole("button", { name: "Close" }).click();
  await staged.getByRole("button", { name: "Review" }).click();
  await takeBoth(page, "staged", ["Not in the map yet: 4 added", "203.0.113.128/25"]);
  await staged.getByRole("button", { name: "Apply" }).click();
  await steps.rowOf(page, "blocklist", "203.0.113.128/25").waitFor();
  await steps.bottomPanel(page, "Traffic");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await newestTraffic(page, "1,000", "0");
  await steps.bottomPanel(page, "blocklist");
  const blocked = steps.rowOf(page, "blocklist", "192.0.2.0/24");
  await expect(blocked).toContainText("1,000");
  await blocked.getByRole("gridcell", { name: "1,000" }).dblclick();
  await page.getByRole("textbox", { name: /^New value of/ }).fill("0");
  await dismissMessages(page);
  await takeBoth(page, "map", ["203.0.113.128/25", "Enter stages, Ctrl+Enter applies, Escape leaves it"]);
  await page.keyboard.press("Escape");

  await page
    .getByRole("listbox", { name: "Interfaces of xdpw-lab" })
    .getByRole("option", { name: /^port0/ })
    .click();
  await page.getByRole("region", { name: "Driver", exact: true }).waitFor();
  await steps.bottomPanel(page, "Commands");
  await takeBoth(page, "interface", ["supports-statistics", "XDP features", "ip -n xdpw-lab"]);

  await steps.openText(page, machine, "parser.bpf.c", rejectedProgram);
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toContainText("rejected");
  await steps.bottomPanel(page, "Verifier");
  await dismissMessages(page);
  await takeBoth(page, "rejected", ["✗ rejected at line 13", "invalid access to packet"]);
});

async function takeBoth(page: Page, name: string, texts: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
    for (const text of texts) await expect(page.getByText(text).filter({ visible: true }).first(), text).toBeVisible();
    const picture = await page.screenshot({ animations: "disabled" });
    expect(picture.byteLength).toBeGreaterThan(leastBytes);
    writeFileSync(join(folder, `${name}-${colorScheme}.png`), picture);
  }
}

async function dismissMessages(page: Page): Promise<void> {
  const dismiss = steps.messages(page).getByRole("button", { name: /^Dismiss/ });
  while ((await dismiss.count()) > 0) await dismiss.first().click();
}
