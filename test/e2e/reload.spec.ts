/** A newer build over a running program on the real kernel: what it counted goes on; globals steer it before and after. */
import type { Locator, Page } from "@playwright/test";
import { newestTraffic } from "./checks.ts";
import * as keys from "./keys.ts";
import { isRoot, type Machine, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

/** Counts packets in a map and in a variable, and does with them what its variables say. */
function program(fields = "", counting = ""): string {
  return `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct counted {
	__u64 packets;${fields}
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counted);
} totals SEC(".maps");

const volatile __u32 verdict = XDP_PASS;
__u32 passing = 1;
__u32 blocked;
__u64 seen;

SEC("xdp")
int xdp_kept(struct xdp_md *ctx)
{
	__u32 key = 0;
	struct counted *total = bpf_map_lookup_elem(&totals, &key);

	if (!total)
		return XDP_ABORTED;
	__sync_fetch_and_add(&total->packets, 1);${counting}
	__sync_fetch_and_add(&seen, 1);
	if (!passing || blocked)
		return XDP_DROP;
	return verdict;
}

char LICENSE[] SEC("license") = "GPL";
`;
}
const newer = program("\n\t__u64 bytes;", "\n\t__sync_fetch_and_add(&total->bytes, ctx->data_end - ctx->data);");

async function open(page: Page, machine: Machine): Promise<void> {
  await steps.openText(page, machine, "kept.bpf.c", program());
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toContainText("accepted");
}

async function retype(page: Page, text: string): Promise<void> {
  await steps.editor(page).focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
}

const question = (page: Page): Locator => page.getByRole("dialog", { name: "Replace xdp_kept on port0" });
const total = (page: Page): Locator => steps.rowOf(page, "totals", "0").getByRole("gridcell");
const variable = (page: Page, section: string, name: string): Locator =>
  steps.rowOf(page, `Variables ${section}`, name).getByRole("gridcell").last();

async function send(page: Page, arrived: string): Promise<void> {
  await steps.bottomPanel(page, "Traffic");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await newestTraffic(page, "1,000", arrived);
}

test("by mouse: a value that got another field is carried over, and what was counted goes on", async ({
  workbench: { page, machine },
}) => {
  test.slow();
  await steps.makeLab(page);
  await open(page, machine);
  await steps.attach(page);
  await expect(steps.runsLine(page)).toContainText("port0 runs xdp_kept native");
  const first = await steps.linkedProgram(machine);
  await send(page, "1,000");
  await steps.openMap(page, "totals");
  await expect(total(page).last()).toHaveText("1,000");

  await retype(page, newer);
  await steps.attach(page);
  const maps = question(page).getByRole("list", { name: "Maps" }).getByRole("listitem");
  await expect(maps).toHaveCount(1);
  await expect(maps.getByRole("radio", { name: "Carry over" })).toBeChecked();
  const fields = question(page).getByRole("table", { name: "Fields of totals" });
  await expect(fields.getByRole("row", { name: /^packets/ })).toContainText("as it is");
  await expect(fields.getByRole("row", { name: /^bytes/ })).toContainText("new, zero at first");
  const example = question(page).getByRole("table", { name: "Example entries of totals" }).getByRole("row").nth(1);
  await expect(example).toContainText("packets 1000, bytes 0");
  const seen = question(page).getByRole("list", { name: "Variables" }).getByRole("listitem");
  await expect(seen).toContainText("seen");
  await expect(seen.getByRole("radio", { name: "Keep" })).toBeChecked();
  // nothing happens before the answer
  expect(await steps.linkedProgram(machine)).toEqual(first);
  await question(page).getByRole("button", { name: "Attach" }).click();
  await expect(steps.messages(page)).toContainText("kept 1 variable; carried totals: 1 entry");
  await expect.poll(async () => (await steps.linkedProgram(machine))?.id).not.toBe(first?.id);

  await expect(total(page).nth(1)).toHaveText("1,000");
  await expect(total(page).last()).toHaveText("0");
  await send(page, "1,000");
  await steps.openMap(page, "totals");
  await expect(total(page).nth(1)).toHaveText("2,000");
  await steps.openMap(page, "Variables .bss");
  await expect(variable(page, ".bss", "seen")).toHaveText("2,000");

  // another choice than the one that is proposed: to begin anew
  await steps.attach(page);
  await question(page).getByRole("radiogroup", { name: "Contents of totals" }).getByText("Start empty").click();
  await expect(question(page)).toContainText("its 1 entry will be lost");
  await question(page).getByRole("radiogroup", { name: "Value of seen" }).getByText("As in the source").click();
  await question(page).getByRole("button", { name: "Attach" }).click();
  await expect(variable(page, ".bss", "seen")).toHaveText("0");
  await steps.openMap(page, "totals");
  await expect(total(page).nth(1)).toHaveText("0");
  // and now there is nothing to ask about
  const now = await steps.linkedProgram(machine);
  await steps.attach(page);
  await expect(steps.messages(page)).toContainText(`It took the place of xdp_kept (id ${now?.id})`);
});

test("by keyboard: a global set before the load steers the program; Enter keeps what was counted; variables steer it while it runs", async ({
  workbench: { page, machine },
}) => {
  test.slow();
  const { keyboard } = page;
  await keyboard.press("Control+Shift+L");
  await steps.labIsUp(page);
  await open(page, machine);

  await keyboard.press("Alt+L");
  const options = page.getByRole("dialog", { name: "Load options of kept.bpf.c" });
  await keys.focused(page, "textbox", /^verdict/);
  await keyboard.type("drop");
  await keyboard.press("Enter");
  await expect(options.getByRole("alert")).toContainText("verdict");
  await keyboard.press("Control+A");
  await keyboard.type("1");
  await keyboard.press("Enter");
  await expect(options).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Load options: 1 global set" })).toBeVisible();
  await keyboard.press("Control+Shift+A");
  await expect(steps.runsLine(page)).toContainText("port0 runs xdp_kept");
  await keys.send(page);
  await newestTraffic(page, "1,000", "0");

  // reset with the keyboard, and attached again: what was counted stays
  await keys.pressUntil(page, "F6", "button", /Interface$/);
  await keys.pressUntil(page, "ArrowRight", "button", "Reset: 1 global set");
  await keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Load options", exact: true })).toBeVisible();
  const before = await steps.linkedProgram(machine);
  await keyboard.press("Control+Shift+A");
  await keys.focused(page, "button", "Attach");
  await keyboard.press("Escape");
  await expect(question(page)).toHaveCount(0);
  expect(await steps.linkedProgram(machine)).toEqual(before);
  await keyboard.press("Control+Shift+A");
  await keys.focused(page, "button", "Attach");
  await keyboard.press("Enter");
  await expect(steps.messages(page)).toContainText("kept totals, 1 variable");
  await keys.send(page);
  await newestTraffic(page, "1,000", "1,000");
  await keys.openMap(page, "totals");
  await expect(total(page).last()).toHaveText("2,000");

  await setVariable(page, ".data", "passing", "0");
  await keys.send(page);
  await newestTraffic(page, "1,000", "0");
  await setVariable(page, ".data", "passing", "1");
  await setVariable(page, ".bss", "blocked", "1");
  await keys.send(page);
  await newestTraffic(page, "1,000", "0");
  await keys.showTab(page, "Variables .bss");
  // its neighbour was counted on all the while
  await expect(variable(page, ".bss", "seen")).toHaveText("4,000");
});

async function setVariable(page: Page, section: string, name: string, value: string): Promise<void> {
  const title = `Variables ${section}`;
  await keys.openMap(page, title);
  await keys.intoPanel(page, title);
  const grid = steps.grid(page, title);
  await keys.press(page, "Tab", grid.locator(":focus"));
  await keys.press(page, "ArrowDown", grid.getByRole("row", { name: new RegExp(`^${name} `) }).locator(":focus"));
  await page.keyboard.press("Enter");
  await keys.focused(page, "textbox", `New value of ${name}`);
  await page.keyboard.type(value);
  await page.keyboard.press("Enter");
  await expect(variable(page, section, name)).toHaveText(value);
}
