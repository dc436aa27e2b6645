/** A map in the form of before libbpf 1.0: said at its line, turned into a BTF-defined one by the editor's own keys. */
import { readFileSync } from "node:fs";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

const source = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct bpf_map_def SEC("maps") seen = {
	.type        = BPF_MAP_TYPE_ARRAY, /* one entry */
	.key_size    = sizeof(__u32),
	.value_size  = sizeof(__u64),
	.max_entries = 1,
};

struct bpf_map_def SEC("maps") jumps = {
	.type        = BPF_MAP_TYPE_PROG_ARRAY,
	.key_size    = sizeof(__u32),
	.value_size  = sizeof(__u32),
	.max_entries = 8,
};

SEC("xdp_count")
int count_packets(struct xdp_md *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&seen, &key);
	if (value)
		__sync_fetch_and_add(value, 1);
	bpf_tail_call(ctx, &jumps, 0);
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
`;

test("the legacy-map code action turns all maps into BTF-defined ones, and the program is accepted", async ({
  workbench,
}) => {
  test.skip(!isRoot, needsRoot);
  const { page, machine } = workbench;
  const path = await steps.openText(page, machine, "old.bpf.c", source);
  await page.keyboard.press("Control+S");
  const problems = await steps.bottomPanel(page, "Problems");
  await expect(problems.getByRole("option")).toHaveCount(2);
  await expect(problems.getByRole("option").first()).toContainText("old.bpf.c:4");
  await expect(problems.getByRole("option").first()).toContainText("libbpf 1.0 and later refuse");

  await problems.getByRole("option").first().click();
  await expect(steps.editor(page)).toBeFocused();
  await page.keyboard.press("Control+.");
  const actions = page.locator(".action-widget").first();
  await expect(actions).toContainText("Turn into a BTF-defined map");
  await expect(actions).toContainText("Turn all 2 legacy maps into BTF-defined maps");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(actions).toBeHidden();
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toHaveText(/accepted \d+ ms$/);
  const saved = readFileSync(path, "utf8");
  expect(saved).toContain("__uint(type, BPF_MAP_TYPE_ARRAY); /* one entry */\n\t__type(key, __u32);");
  expect(saved).toContain("__uint(key_size, sizeof(__u32));");
  expect(saved).not.toContain("bpf_map_def");
});
