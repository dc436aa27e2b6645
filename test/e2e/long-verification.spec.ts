/** A program that the kernel's verifier is at for longer than ten seconds: it is said, and nobody has to wait for it. */
import { slowToVerify, untilIdle, untilVerifying } from "../kernel/slow-to-verify.ts";
import { isRoot, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

const quick = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int xdp_quick(struct xdp_md *ctx) { return XDP_PASS; }
char LICENSE[] SEC("license") = "GPL";
`;

test("saved: how long the verifier is at it is said, Cancel ends it, and the next verdict is right", async ({
  workbench: { page, machine },
}) => {
  const status = page.getByRole("contentinfo", { name: "Status" });
  const cancel = page.getByRole("button", { name: "Cancel verify slow.bpf.c" });
  await steps.openText(page, machine, "slow.bpf.c", slowToVerify("xdp_slow"));
  await page.keyboard.press("Control+S");
  await expect(status).toContainText(/the verifier has been at xdp_slow for [2-9] s/, { timeout: 20_000 });
  await cancel.click();
  await expect(cancel).toHaveCount(0);
  for (const pid of machine.elevatedHelpers()) await untilIdle(pid);
  await expect(steps.verdict(page)).not.toContainText(/accepted|rejected/);

  await steps.editor(page).focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(quick);
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toHaveText(/^saved → accepted \d+ ms$/);
});

test("while typing: a newer edit ends the older run, and so does Escape", async ({ workbench: { page, machine } }) => {
  const status = page.getByRole("contentinfo", { name: "Status" });
  await steps.openText(page, machine, "slow.bpf.c", quick);
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toHaveText(/^saved → accepted \d+ ms$/);
  const [helper = 0] = machine.elevatedHelpers();

  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(slowToVerify("xdp_slow"));
  await untilVerifying(helper);
  await expect(status).toContainText(/the verifier has been at xdp_slow for \d+ s/, { timeout: 20_000 });
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(quick.replaceAll("xdp_quick", "xdp_newer"));
  await expect(page.getByText(/^✓ accepted · \d+ instructions/)).toBeVisible();
  await expect(status).not.toContainText("the verifier has been at");
  await untilIdle(helper);

  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(slowToVerify("xdp_slow"));
  await expect(status).toContainText(/the verifier has been at xdp_slow for \d+ s/, { timeout: 20_000 });
  await page.keyboard.press("Escape");
  await expect(status).not.toContainText("the verifier has been at");
  await untilIdle(helper);
});
