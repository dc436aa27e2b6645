/** C to assembly and back, what the kernel made of it, and objects that were built elsewhere. */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { isRoot, type Machine, needsRoot, repository } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

const code = (page: Page, title: string): Locator => page.getByRole("textbox", { name: new RegExp(`^${title} of `) });
const panel = (page: Page): Locator => page.locator(".code-panel");
const lit = (page: Page): Locator => page.locator("[data-lit]");
/** whole lines that are marked, in the code or in the sources */
const marks = (page: Page, where: ".code-panel" | ".source-panel"): Locator =>
  page.locator(`${where} .view-overlays .cdr.lit`);

async function goToLine(page: Page, line: number): Promise<void> {
  await steps.editor(page).focus();
  await page.keyboard.press("Control+G");
  await page.keyboard.type(`${line}`);
  await page.keyboard.press("Enter");
  await expect(page.getByText(`Ln ${line}, Col`)).toBeVisible();
}

/** of the shown source, from 1 */
async function lineOf(page: Page, text: string): Promise<number> {
  await steps.editor(page).focus();
  await page.keyboard.press("Control+Home");
  const shown = page.locator(".source-panel .view-line").filter({ hasText: text }).first();
  const numbers = page.locator(".source-panel .line-numbers");
  await page.keyboard.press("Control+F");
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await expect(shown).toBeVisible();
  const top = (await shown.boundingBox())?.y ?? 0;
  for (const number of await numbers.all()) {
    const box = await number.boundingBox();
    if (box !== null && Math.abs(box.y - top) < 2) return Number(await number.textContent());
  }
  throw new Error(`no line number beside ${text}`);
}

test("C to assembly and back, by keyboard", async ({ workbench: { page } }) => {
  await steps.openTemplate(page, "Packet counters");
  const line = await lineOf(page, "__sync_fetch_and_add(&rec->rx_bytes");
  await goToLine(page, line);
  await page.keyboard.press("Alt+F12");
  await expect(code(page, "Assembly")).toBeFocused();
  await expect(lit(page)).toHaveText(`from program.bpf.c:${line}`);
  await expect(marks(page, ".code-panel")).not.toHaveCount(0);
  await expect(marks(page, ".source-panel")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(steps.editor(page)).toBeFocused();
  await expect(page.getByText(`Ln ${line}, Col`)).toBeVisible();
  // the line above has code of its own
  await page.keyboard.press("ArrowUp");
  await expect(lit(page)).toHaveText(new RegExp(`^program\\.bpf\\.c:${line - 1} · \\d+ lines? from it`));
  await page.keyboard.press("Alt+F12");
  await expect(lit(page)).toHaveText(`from program.bpf.c:${line - 1}`);
  await page.keyboard.press("Alt+F12");
  await expect(page.getByText(`Ln ${line - 1}, Col`)).toBeVisible();
});

test("C to assembly and LLVM IR and back, by mouse", async ({ workbench: { page } }) => {
  await steps.openTemplate(page, "Packet counters");
  const line = await lineOf(page, "bpf_map_lookup_elem(&xdp_stats_map");
  await page.getByRole("button", { name: "View", exact: true }).click();
  await page.getByRole("menuitem", { name: "BPF assembly" }).click();
  await expect(panel(page)).toContainText("call bpf_map_lookup_elem");
  await panel(page).locator(".view-line").filter({ hasText: "xdp_stats_map" }).hover();
  await expect(lit(page)).toHaveText(`from program.bpf.c:${line}`);
  await expect(marks(page, ".source-panel")).toHaveCount(1);
  await page.locator(".source-panel .view-line").filter({ hasText: "bpf_map_lookup_elem(&xdp_stats_map" }).hover();
  await expect(lit(page)).toHaveText(new RegExp(`^program\\.bpf\\.c:${line} · \\d+ lines from it$`));
  await expect(marks(page, ".code-panel")).not.toHaveCount(0);
  await panel(page).getByRole("radio", { name: "LLVM IR" }).click();
  const call = panel(page)
    .locator(".view-line")
    .filter({ hasText: /call.*@xdp_stats_map/ });
  await call.hover();
  await expect(lit(page)).toHaveText(`from program.bpf.c:${line}`);
  await call.dblclick();
  await expect(steps.editor(page)).toBeFocused();
  await expect(page.getByText(`Ln ${line}, Col`)).toBeVisible();
});

test("the code follows the text; one that does not build leaves the last", async ({ workbench: { page } }) => {
  test.skip(!isRoot, needsRoot);
  await steps.openTemplate(page, "Packet counters");
  await page.keyboard.press("Alt+8");
  await expect(panel(page)).toContainText("call bpf_map_lookup_elem");
  const line = await lineOf(page, "__u32 action = chosen_action();");
  await goToLine(page, line);
  await panel(page).locator(".view-lines").hover();
  await page.mouse.wheel(0, 10 * 19);
  await expect(panel(page)).not.toContainText("section");
  await steps.editor(page).focus();
  await page.keyboard.press("End");
  await page.keyboard.type("\nif (ctx->rx_queue_index == 4711) return XDP_ABORTED;");
  await expect(panel(page)).toContainText("4711");
  // it stays where it was scrolled to
  await expect(panel(page)).not.toContainText("section");
  await page.keyboard.type(" oops");
  await expect(panel(page)).toContainText("stale: the source does not build");
  await expect(panel(page)).toContainText("4711");
});

test("translated and native code of what runs in the lab", async ({ workbench: { page } }) => {
  test.skip(!isRoot, needsRoot);
  await steps.attachCounters(page);
  const line = await lineOf(page, "__sync_fetch_and_add(&rec->rx_bytes");
  const id = /id (\d+)/.exec((await steps.runsLine(page).textContent()) ?? "")?.[1] ?? "";
  for (const [keys, title] of [
    ["Alt+9", "Translated"],
    ["Alt+0", "Native"],
  ] as const) {
    await page.keyboard.press(keys);
    await expect(code(page, title)).toBeAttached();
    await expect(page.getByRole("button", { name: /Loaded program$/ })).toContainText(`xdp_count · id ${id} · port0`);
    await expect(page.locator(".code-foot")).toContainText(`id ${id} · tag`);
    await goToLine(page, line);
    await expect(lit(page)).toHaveText(new RegExp(`^program\\.bpf\\.c:${line} · \\d+ lines? from it$`));
    await page.keyboard.press("Alt+F12");
    await expect(code(page, title)).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.getByText(`Ln ${line}, Col`)).toBeVisible();
  }
  await expect(page.locator(".code-foot")).toContainText(/x86-64|AArch64|arm64/);
  await page.getByRole("button", { name: /Loaded program$/ }).click();
  await page.getByRole("option", { name: /^as built now/ }).click();
  await expect(page.locator(".code-foot")).not.toContainText("tag");
  await expect(steps.runsLine(page)).toContainText(`id ${id}`);
});

const several = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __attribute__((noinline)) int length(struct xdp_md *ctx)
{
	return ctx->data_end - ctx->data;
}

SEC("xdp")
int xdp_long(struct xdp_md *ctx)
{
	return length(ctx) > 1000 ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int xdp_short(struct xdp_md *ctx)
{
	return length(ctx) < 100 ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
`;

test("of several programs the one that is chosen; from one function to another", async ({ workbench }) => {
  test.skip(!isRoot, needsRoot);
  const { page, machine } = workbench;
  await steps.openText(page, machine, "several.bpf.c", several);
  await page.keyboard.press("Alt+9");
  await expect(page.getByRole("button", { name: /Program of the source$/ })).toContainText("xdp_long");
  await expect(panel(page)).toContainText("xdp_long");
  await page.getByRole("button", { name: /Program of the source$/ }).click();
  await page.getByRole("option", { name: "xdp_short" }).click();
  await expect(panel(page)).toContainText("xdp_short:");
  await goToLine(page, 12);
  await expect(lit(page)).toHaveText("several.bpf.c:12 · no code");
  await goToLine(page, 18);
  await expect(lit(page)).toHaveText(/^several\.bpf\.c:18 · \d+ lines from it$/);
  await page.getByRole("button", { name: /Go to function$/ }).click();
  await page.getByRole("option", { name: "length" }).click();
  await expect(code(page, "Translated")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^Ln [4-6], Col/)).toBeVisible();
});

test("what is above the code is reached by Tab; what was loaded before an edit is marked", async ({ workbench }) => {
  test.skip(!isRoot, needsRoot);
  const { page } = workbench;
  await steps.attachCounters(page);
  await page.keyboard.press("Alt+9");
  await expect(code(page, "Translated")).toBeAttached();
  await page.getByRole("tab", { name: "Code", exact: true }).focus();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("radio", { name: "LLVM IR" })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: /Loaded program$/ })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(code(page, "Translated")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: /^Command lines/ })).toBeFocused();
  await expect(panel(page)).not.toContainText("of an older text");
  await page.keyboard.press("Control+1");
  await page.keyboard.type("\n");
  await expect(panel(page)).toContainText("of an older text");
  await page.keyboard.press("Control+Shift+A");
  await expect(panel(page)).not.toContainText("of an older text");
});

test("the object of a source as a tree, from its rows to C", async ({ workbench: { page } }) => {
  await steps.openTemplate(page, "Packet counters");
  await page.keyboard.press("Alt+Shift+O");
  const tree = page.getByRole("treegrid", { name: "Object of program.bpf.c" });
  await expect(tree.getByRole("row", { name: /^xdp_count/ })).toContainText("instructions");
  await page.getByRole("searchbox", { name: "Filter the object" }).fill("datarec");
  const type = tree.getByRole("row", { name: /^struct datarec, / });
  await type.focus();
  await page.keyboard.press("ArrowRight");
  await expect(tree.getByRole("row", { name: /rx_bytes/ })).toBeVisible();
  await page.getByRole("searchbox", { name: "Filter the object" }).fill("");
  const map = tree.getByRole("row", { name: /^xdp_action/ });
  await map.focus();
  await page.keyboard.press("Enter");
  await expect(steps.editor(page)).toBeFocused();
  await expect(page.getByText(/^Ln (2|3)\d, Col/)).toBeVisible();
});

test("an object that was built elsewhere opens, is verified, attached, and shows its code", async ({ workbench }) => {
  test.skip(!isRoot, needsRoot);
  const { page, machine } = workbench;
  await steps.makeLab(page);
  const path = await compile(machine, "packet-counters", "elsewhere.o");
  await page.keyboard.press("Control+P");
  await page.getByRole("combobox").fill(basename(path));
  await expect(page.getByRole("option", { name: "elsewhere.o" })).toBeVisible();
  await page.keyboard.press("Enter");
  const tree = page.getByRole("treegrid", { name: "Object of elsewhere.o" });
  await expect(tree.getByRole("row", { name: /^xdp_count/ })).toBeVisible();
  await page.getByRole("button", { name: "Verify this object" }).click();
  await expect(page.getByRole("region", { name: "Statistics of xdp_count" })).toBeVisible();
  await expect(steps.verdict(page)).toHaveText(/^accepted [\d.]+ ms$/);
  await page.getByRole("button", { name: "Show its code" }).click();
  await expect(panel(page)).toContainText("call bpf_map_lookup_elem");
  // from there to its C, which is on this machine
  await panel(page).locator(".view-line").filter({ hasText: "xdp_stats_map" }).dblclick();
  await expect(steps.editor(page)).toBeFocused();
  await page.getByRole("tab", { name: "elsewhere.o" }).click();
  await page.getByRole("button", { name: "Attach it" }).click();
  await expect(steps.runsLine(page)).toContainText("port0 runs xdp_count native");
  await panel(page).getByRole("radio", { name: "Native" }).click();
  await expect(page.getByRole("button", { name: /Loaded program$/ })).toContainText("port0");
  await expect(code(page, "Native")).toBeAttached();
  await panel(page).getByRole("radio", { name: "LLVM IR" }).click();
  await expect(panel(page).getByRole("alert")).toContainText(/LLVM IR/);
  await page.reload();
  await expect(tree.getByRole("row", { name: /^xdp_count/ })).toBeVisible();
});

test("a file that is no object is said to be none; another program's too", async ({ workbench }) => {
  const { page, machine } = workbench;
  mkdirSync(machine.workspace, { recursive: true });
  const picture = join(machine.workspace, "picture.o");
  writeFileSync(picture, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1]));
  await openPath(page, picture);
  await expect(steps.messages(page)).toContainText("picture.o is neither a text nor a BPF object");
  await page.getByRole("textbox", { name: "Path" }).fill("/bin/true");
  await page.keyboard.press("Enter");
  await expect(steps.messages(page)).toContainText("true is neither a text nor a BPF object");
});

/** As a Makefile would. */
async function compile(machine: Machine, template: string, name: string): Promise<string> {
  mkdirSync(machine.workspace, { recursive: true });
  const path = join(machine.workspace, name);
  const source = join(repository, "bpf-templates", template, "program.bpf.c");
  const include = `/usr/include/${{ x64: "x86_64", arm64: "aarch64" }[process.arch as string] ?? process.arch}-linux-gnu`;
  await machine.run("clang", "-O2", "-g", "-target", "bpf", "-I", include, "-c", source, "-o", path);
  return path;
}

async function openPath(page: Page, path: string): Promise<void> {
  await page.keyboard.press("Control+O");
  await page.getByRole("textbox", { name: "Path" }).fill(path);
  await page.keyboard.press("Enter");
}
