/** A header that is saved: the open sources that include it are verified, and what is wrong in it is marked there. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

const header = (check: string) => `#pragma once
#include <linux/if_ether.h>
static __always_inline int kind_of(void *data, void *data_end)
{
	struct ethhdr *eth = data;
	${check}
	return eth->h_proto;
}
`;
const source = (name: string) => `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "../common/kind.h"
SEC("xdp")
int ${name}(struct xdp_md *ctx)
{
	return kind_of((void *)(long)ctx->data, (void *)(long)ctx->data_end) ? XDP_PASS : XDP_DROP;
}
char LICENSE[] SEC("license") = "GPL";
`;
const checked = "if ((void *)(eth + 1) > data_end) return 0;";

test("saving a header verifies who includes it, and marks the line in it", async ({ workbench: { page, machine } }) => {
  mkdirSync(join(machine.workspace, "common"), { recursive: true });
  mkdirSync(join(machine.workspace, "one"), { recursive: true });
  writeFileSync(join(machine.workspace, "common/kind.h"), header(checked));
  await steps.openText(page, machine, "one/first.bpf.c", source("xdp_first"));
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toHaveText(/^saved → accepted \d+ ms$/);
  await steps.openText(page, machine, "common/kind.h", header(checked));
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(header("(void)data_end;"));
  await page.keyboard.press("Control+S");
  const open = page.getByRole("listbox", { name: "Open files" });
  await expect(open.getByRole("option", { name: /first\.bpf\.c/ })).toContainText("rejected");
  await expect(page.locator(".squiggly-error").first()).toBeVisible();

  await steps.editor(page).focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(header(checked));
  await page.keyboard.press("Control+S");
  await expect(open.getByRole("option", { name: /first\.bpf\.c/ })).toContainText("accepted");
  await expect(page.locator(".squiggly-error")).toHaveCount(0);

  await steps.openText(page, machine, "common/lonely.h", "#pragma once\n");
  await page.keyboard.press("Control+S");
  await expect(steps.messages(page)).toContainText(/lonely\.h is saved; no open source includes it/);
});
