/** Why the kernel rejects a program: in plain words, step by step, and while it is typed. */
import type { Locator, Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { brokenRules } from "../axe.ts";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

/** the read is in line 14 */
const parser = `#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

static __u32 seen;

SEC("xdp")
int xdp_parser(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	struct ethhdr *eth = data;
	seen++;
	if (eth->h_proto == bpf_htons(ETH_P_IP))
		return XDP_DROP;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
`;
const lineOfRead = 14;

test.skip(!isRoot, needsRoot);

test("a rejection: its class, its line, plain words, and what the verifier knew", async ({ workbench }) => {
  const { page, machine } = workbench;
  await steps.openText(page, machine, "parser.bpf.c", parser);
  await page.keyboard.press("Control+S");
  await expect(page.getByText(/^✗ rejected at line 14 · missing bounds check · \d+ ms$/)).toBeVisible();
  await steps.bottomPanel(page, "Verifier");
  const why = page.getByRole("region", { name: "Why xdp_parser was rejected" });
  await expect(why).toContainText("missing bounds check");
  await expect(why).toContainText("Reading eth->h_proto takes 1 byte at offset 12 of the packet");
  await expect(why).toContainText(
    "What usually fixes it: compare with data_end before the access: the packet must reach to the end of *eth.",
  );
  await expect(why).toContainText("if ((void *)(eth + 1) > data_end)");
  await expect(why).toContainText("The kernel said: invalid access to packet, off=12 size=1");
  await clean(page);

  const concerned = rowOf(page, "r1");
  await expect(concerned).toHaveClass("on");
  await expect(concerned.getByRole("cell")).toHaveText(["eth", "packet pointer, offset 0", "0 bytes readable"]);
  await expect(rowOf(page, "r10")).toContainText("frame");

  await why.getByRole("button", { name: `Go to parser.bpf.c:${lineOfRead}` }).click();
  await expect(page.getByText(`Ln ${lineOfRead}, Col`)).toBeVisible();
  await expect(steps.editor(page)).toBeFocused();

  const problems = await steps.bottomPanel(page, "Problems");
  await expect(problems.getByRole("option")).toHaveCount(1);
  await expect(problems.getByRole("option")).toContainText("missing bounds check");

  // the text lies above the line that is under it
  await page.locator(".squiggly-error").first().hover({ force: true });
  const hover = page.locator(".monaco-hover:visible");
  await expect(hover).toContainText("missing bounds check");
  await expect(hover).toContainText("invalid access to packet");
  await expect(hover).toContainText("nothing on this path has proved");
});

test("the walk is stepped through with keys, and the log is searched", async ({ workbench }) => {
  const { page, machine } = workbench;
  await steps.openText(page, machine, "parser.bpf.c", parser);
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toContainText("rejected");
  await steps.bottomPanel(page, "Verifier");
  const walk = page.getByRole("region", { name: "What the verifier knew" });
  const step = walk.getByRole("status", { name: "Step" });
  await expect(step).toHaveText(/^step (\d+) of \1$/);
  const log = walk.getByRole("group", { name: /^Log of xdp_parser by C line/ });
  await expect(log.locator("[aria-current=step]")).toContainText("r2 = *(u8 *)(r1 +12)");
  await log.focus();
  await page.keyboard.press("Home");
  await expect(step).toHaveText(/^step 1 of/);
  await expect(rowOf(page, "r1")).toContainText("context (struct xdp_md)");
  await page.keyboard.press("ArrowDown");
  await expect(step).toHaveText(/^step 2 of/);
  await expect(rowOf(page, "r1")).toContainText("packet pointer, offset 0");
  await page.keyboard.press("PageDown");
  await page.keyboard.press("End");
  await expect(rowOf(page, "r1")).toContainText("0 bytes readable");
  await walk.getByRole("button", { name: "Previous step" }).click();
  await expect(walk.getByRole("button", { name: "Next step" })).toBeEnabled();

  await page.getByRole("radio", { name: "Whole log" }).click();
  await page.getByRole("searchbox", { name: "Search the log of xdp_parser" }).fill("outside of the packet");
  await expect(page.getByText("1 of 1")).toBeVisible();
  await clean(page);
});

test("typing an error marks it without a save; the check that is inserted clears it", async ({ workbench }) => {
  const { page, machine } = workbench;
  const good = parser.replace(
    "\tif (eth->h_proto",
    "\tif ((void *)(eth + 1) > (void *)(long)ctx->data_end)\n\t\treturn XDP_PASS;\n\tif (eth->h_proto",
  );
  const path = await steps.openText(page, machine, "typed.bpf.c", good);
  await page.keyboard.press("Control+S");
  await expect(
    page.getByText(
      /^✓ accepted · \d+ instructions · \d+ states? · stack 0 B · JIT \d+ B · under 0\.1 % of the limit · \d+ ms$/,
    ),
  ).toBeVisible();
  await steps.bottomPanel(page, "Commands");
  const commands = page.getByRole("list", { name: "Commands" }).getByText(/^verify /);
  await expect(commands).toHaveCount(1);

  await page.keyboard.press("Control+1");
  await goToLine(page, 14);
  await page.keyboard.press("Control+Shift+K");
  await page.keyboard.press("Control+Shift+K");
  await expect(page.getByText(/^✗ rejected at line 14 · missing bounds check · \d+ ms$/)).toBeVisible();
  await expect(page.locator(".squiggly-error")).toHaveCount(1);
  await expect(steps.verdict(page)).toHaveText("unsaved");
  expect(readFileSync(path, "utf8")).toBe(good);

  await steps.bottomPanel(page, "Verifier");
  await page.getByRole("button", { name: "Insert the check" }).click();
  await expect(page.getByText("if ((void *)(eth + 1) > (void *)(long)ctx->data_end)").first()).toBeVisible();
  await expect(page.getByText(/^✓ accepted · /)).toBeVisible();
  await expect(page.locator(".squiggly-error")).toHaveCount(0);
  const counted = page.getByRole("region", { name: "Statistics of xdp_parser" });
  await expect(counted).toContainText(/\d+ of 1,000,000 · under 0\.1 % of the limit/);
  await expect(counted).toContainText(/Verification.*in the kernel/);
  await clean(page);
  expect(readFileSync(path, "utf8")).toBe(good);
  await steps.bottomPanel(page, "Commands");
  await expect(commands).toHaveCount(1);
});

test("a long log is folded, stepped through and read whole", async ({ workbench }) => {
  const { page, machine } = workbench;
  const text = parser.replace(
    "\tseen++;\n",
    "\tfor (__u32 i = 0; i < 2000; i++)\n\t\tseen += i ^ bpf_get_prandom_u32();\n",
  );
  await steps.openText(page, machine, "long.bpf.c", text);
  await page.keyboard.press("Control+S");
  await expect(page.getByText(/^✗ rejected at line 15 · missing bounds check/)).toBeVisible();
  await steps.bottomPanel(page, "Verifier");
  const walk = page.getByRole("region", { name: "What the verifier knew" });
  const step = walk.getByRole("status", { name: "Step" });
  await expect(step).toHaveText(/^step ([\d,]+) of \1$/);
  const log = walk.getByRole("group", { name: /^Log of xdp_parser by C line/ });
  await expect(log.locator("[aria-current=step]")).toContainText(" +12)");
  await log.focus();
  await page.keyboard.press("Home");
  await expect(log.locator("[aria-current=step]")).toContainText("r7 = 0");
  for (let times = 0; times < 5; times++) await page.keyboard.press("PageDown");
  await expect(log.locator("[aria-current=step]")).toBeVisible();
  await page.getByRole("radio", { name: "Whole log" }).click();
  await expect(page.getByText(/^\d{4,} lines$/)).toBeVisible();
});

function rowOf(page: Page, register: string): Locator {
  return page
    .getByRole("table", { name: "Registers and stack" })
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader", { name: new RegExp(`^${register}( changed)?$`) }) });
}

async function goToLine(page: Page, line: number): Promise<void> {
  await page.keyboard.press("Control+G");
  // the box is there with its colon
  await expect(page.getByText(/^Type a line number to go to/)).toBeVisible();
  await page.keyboard.type(`${line}`);
  await page.keyboard.press("Enter");
  await expect(page.getByText(`Ln ${line}, Col`)).toBeVisible();
}

async function clean(page: Page): Promise<void> {
  expect(await brokenRules(page)).toEqual([]);
}
