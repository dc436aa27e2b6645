/** What the compiler and the kernel say of a source, and where the window says it. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Page } from "@playwright/test";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

const head = `#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
`;

/** the read is in line 11 */
const beyondTheEnd = `${head}
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
const lineOfRead = 11;
const check = "if ((void *)(eth + 1) > (void *)(long)ctx->data_end) return XDP_PASS;";

test("a read past data_end is rejected at its line; with the check it is accepted", async ({ workbench }) => {
  test.skip(!isRoot, needsRoot);
  const { page, machine } = workbench;
  await steps.openText(page, machine, "parser.bpf.c", beyondTheEnd);
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toHaveText(/^saved → rejected \d+ ms$/);
  await expect(page.getByText(/^✗ rejected at line 11 · /)).toBeVisible();
  expect(await markedLines(page)).toEqual([lineOfRead]);

  // with the line scrolled away, the status bar says it still, and goes there
  await page.keyboard.press("Control+End");
  await page
    .getByRole("contentinfo", { name: "Status" })
    .getByRole("button", { name: /bounds.* · line 11: go there/ })
    .click();
  await expect(page.getByText(`Ln ${lineOfRead}, Col`)).toBeVisible();
  await expect(steps.editor(page)).toBeFocused();

  const problems = await steps.bottomPanel(page, "Problems");
  const [problem] = await problems.getByRole("option").all();
  await expect(problem ?? problems).toContainText(`parser.bpf.c:${lineOfRead}`);
  await expect(problems.getByRole("option")).toHaveCount(1);

  const verifier = await steps.bottomPanel(page, "Verifier");
  await expect(verifier).toContainText("rejected");
  await expect(verifier).toContainText("invalid access to packet, off=12 size=");
  await expect(verifier.getByText(/if \(eth->h_proto == bpf_htons\(ETH_P_IP\)\)/).first()).toBeVisible();

  // from the problem to its line, and the check above it
  await steps.bottomPanel(page, "Problems");
  await problems.getByRole("option").first().click();
  await expect(page.getByText(`Ln ${lineOfRead}, Col`)).toBeVisible();
  await expect(steps.editor(page)).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.type(`${check}\n`);
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toHaveText(/^saved → accepted \d+ ms$/);
  await expect(page.getByText(/^✓ accepted · \d+ instructions/)).toBeVisible();
  expect(await markedLines(page)).toEqual([]);
  await expect(problems).toContainText("No problems in parser.bpf.c");
});

test("a compile error is marked at its line", async ({ workbench }) => {
  const { page, machine } = workbench;
  await steps.openText(page, machine, "typo.bpf.c", beyondTheEnd.replace("return XDP_DROP;", "return XDP_DORP;"));
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toHaveText(/^saved → does not build \d+ ms$/);
  await expect(page.getByText(/^✗ does not build$/)).toBeVisible();
  expect(await markedLines(page)).toEqual([lineOfRead + 1]);
  const problems = await steps.bottomPanel(page, "Problems");
  await expect(problems.getByRole("option").first()).toContainText("use of undeclared identifier 'XDP_DORP'");
  await expect(problems.getByRole("option").first()).toContainText("typo.bpf.c:12");
});

test("an error that only -Werror makes: the quick fix lets it be a warning", async ({ workbench }) => {
  test.skip(!isRoot, needsRoot);
  const { page, machine } = workbench;
  const text = `${head}SEC("xdp")\nint xdp_public(struct xdp_md *ctx)\n{\n\tint unused_one;\n\treturn XDP_PASS;\n}\n`;
  const path = await steps.openText(page, machine, "public_kern.c", text);
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toHaveText(/^saved → does not build \d+ ms$/);
  const problems = await steps.bottomPanel(page, "Problems");
  await expect(problems.getByRole("option").filter({ hasText: "unused_one" })).toContainText(
    "-Wno-error=unused-variable",
  );
  await problems.getByRole("option").filter({ hasText: "unused_one" }).click();
  await expect(steps.editor(page)).toBeFocused();
  await page.keyboard.press("Control+.");
  const actions = page.locator(".action-widget").first();
  await expect(actions).toContainText("Let warnings be warnings in this folder");
  await actions.getByText(/^Let warnings be warnings/).click();
  await expect(steps.verdict(page)).toHaveText(/^saved → accepted \d+ ms$/);
  expect(readFileSync(join(dirname(path), "compile_flags.txt"), "utf8")).toBe("-Wno-error\n");
});

test("a file that is not C is answered by the compiler's words", async ({ workbench }) => {
  const { page, machine } = workbench;
  await steps.openText(page, machine, "poem.c", "Whan that Aprille with his shoures soote\n");
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toHaveText(/^saved → does not build \d+ ms$/);
  expect(await markedLines(page)).toEqual([1]);
});

test("an unknown section name is taken as XDP, and the user is told", async ({ workbench }) => {
  test.skip(!isRoot, needsRoot);
  const { page, machine } = workbench;
  const text = beyondTheEnd.replace('SEC("xdp")', 'SEC("xdp_icmp_echo")').replace("\tif (eth", `\t${check}\n\tif (eth`);
  await steps.openText(page, machine, "echo.bpf.c", text);
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toHaveText(/^saved → accepted \d+ ms$/);
  await expect(page.getByRole("region", { name: "Messages" })).toContainText("xdp_icmp_echo");
});

/** The numbers beside the lines that have a squiggle under them. Monaco gives its decorations no roles. */
async function markedLines(page: Page): Promise<readonly number[]> {
  await expect(page.getByText("verifying…")).toHaveCount(0);
  return page.evaluate(() => {
    const tops = [...document.querySelectorAll(".monaco-editor .squiggly-error")].map(
      (mark) => mark.getBoundingClientRect().top,
    );
    const numbers = [...document.querySelectorAll(".monaco-editor .line-numbers")];
    const marked = tops.map((top) => {
      const beside = numbers.find((number) => {
        const { top: from, bottom: to } = number.getBoundingClientRect();
        return top >= from - 1 && top < to - 1;
      });
      return Number(beside?.textContent);
    });
    return [...new Set(marked)];
  });
}
