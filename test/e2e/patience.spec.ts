/** Disks that take nothing, builds without end and logs of many megabytes: said, stopped, and nothing lost. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { isRoot, type Machine, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

const typed = "typed_by_the_user";

test.describe("disks", () => {
  test.skip(!isRoot, "needs root: mounts a disk of its own");

  test("a read-only disk: refused with words, the text stays and can go elsewhere", async ({ workbench }) => {
    const { page, machine } = workbench;
    const disk = await openFromDisk(page, machine, "size=1m");
    await machine.run("mount", "-o", "remount,ro", disk);
    await typeAndSave(page);
    await expect(steps.messages(page)).toContainText(
      /[Ss]ave .*disk\/kept\.bpf\.c: the file system is read-only: choose another place/,
    );
    await stays(page, machine, disk);
    // what could not be saved is kept over a reload too
    await page.reload();
    await expect(page.getByRole("code")).toContainText(typed);
    await machine.run("mount", "-o", "remount,rw", disk);
    await steps.editor(page).focus();
    await page.keyboard.press("Control+S");
    await expect.poll(() => machine.run("cat", join(disk, "kept.bpf.c"))).toContain(typed);
  });

  test("a full disk: refused with words, what was there stays whole, and it is saved when there is room", async ({
    workbench: { page, machine },
  }) => {
    const disk = await openFromDisk(page, machine, "size=64k");
    await machine.shell(`head -c 1m /dev/zero > ${join(disk, "filling")} 2> /dev/null || true`);
    await typeAndSave(page);
    await expect(steps.messages(page)).toContainText(/[Ss]ave .*disk\/kept\.bpf\.c: the disk is full: free some space/);
    await stays(page, machine, disk);
    expect((await machine.run("ls", "-A", disk)).trim().split("\n")).toEqual(["filling", "kept.bpf.c"]);
    await machine.run("rm", join(disk, "filling"));
    await steps.editor(page).focus();
    await page.keyboard.press("Control+S");
    await expect.poll(() => machine.run("cat", join(disk, "kept.bpf.c"))).toContain(typed);
  });
});

test("a build without end is stopped, and its compiler with it", async ({ workbench: { page, machine, server } }) => {
  // what the preprocessor makes of it are 10^9 words
  const names = "BCDEFGHIJ".split("");
  const defines = names.map((name, index) => {
    const inner = "ABCDEFGHI"[index] ?? "";
    return `#define ${name}(x) ${inner}(${inner}(x))`;
  });
  const endless = `#define A(x) x x x x x x x x x x\n${defines.join("\n")}\nint x = 0 J(+1);\n`;
  await steps.openText(page, machine, "endless.bpf.c", endless);
  await page.keyboard.press("Control+S");
  await expect.poll(() => compilersAtWork(server.pid)).toBeGreaterThan(0);
  const cancel = page.getByRole("button", { name: "Cancel verify endless.bpf.c" });
  await cancel.click();
  await expect(cancel).toHaveCount(0);
  await expect
    .poll(async () => {
      for (let look = 0; look < 10; look++) {
        if (compilersAtWork(server.pid) > 0) return "a compiler is at work";
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      return "idle";
    })
    .toBe("idle");
  await steps.editor(page).focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText("int x;\n");
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toContainText(/saved →/);
});

test("a log of more than 8 MB is shown with its reason, and its end can be read", async ({ workbench }) => {
  test.skip(!isRoot, needsRoot);
  const { page, machine } = workbench;
  const text = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp")
int xdp_tells(struct xdp_md *ctx)
{
	volatile __u64 sum = 0;
	unsigned char *data = (void *)(long)ctx->data;

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < 12000; i++)
		sum += i ^ ctx->rx_queue_index;
	return sum + data[3];
}
char LICENSE[] SEC("license") = "GPL";
`;
  await steps.openText(page, machine, "tells.bpf.c", text);
  await page.keyboard.press("Control+S");
  await expect(page.getByText(/^✗ rejected at line 12 · missing bounds check/)).toBeVisible({ timeout: 20_000 });
  const verifier = await steps.bottomPanel(page, "Verifier");
  await expect(verifier).toContainText("invalid access to packet");
  await page.getByRole("radio", { name: "Whole log" }).click();
  await expect(verifier.getByText(/^\d{5,} lines/)).toBeVisible({ timeout: 20_000 });
  await verifier.getByRole("searchbox").or(verifier.getByRole("textbox")).first().fill("lines left out here");
  await expect(verifier).toContainText("1 of 1");
  await page.keyboard.press("Enter");
  await expect(verifier).toContainText(/\d+ lines left out here/);
});

/** a source on a small disk of its own, which only this machine sees */
async function openFromDisk(page: Page, machine: Machine, size: string): Promise<string> {
  const disk = join(machine.workspace, "disk");
  await machine.run("mkdir", "-p", disk);
  await machine.run("mount", "-t", "tmpfs", "-o", size, "xdpw-disk", disk);
  const path = join(disk, "kept.bpf.c");
  await machine.shell(`echo 'int before;' > ${path}`);
  await page.keyboard.press("Control+O");
  await page.getByRole("textbox", { name: "Path" }).fill(path);
  await page.keyboard.press("Enter");
  await expect(steps.editor(page)).toBeFocused();
  await expect(page.getByRole("code")).toContainText(/int\sbefore/);
  return disk;
}

async function typeAndSave(page: Page): Promise<void> {
  await page.keyboard.insertText(`int ${typed};\n`);
  await page.keyboard.press("Control+Shift+S");
}

async function stays(page: Page, machine: Machine, disk: string): Promise<void> {
  await expect(page.getByRole("code")).toContainText(typed);
  await expect(page.getByText("unsaved").first()).toBeVisible();
  expect(await machine.run("cat", join(disk, "kept.bpf.c"))).toBe("int before;\n");
}

/** processes of clang and llc below this one that are running right now */
function compilersAtWork(ancestor: number): number {
  const parents = new Map<number, { readonly parent: number; readonly busy: boolean }>();
  for (const pid of readdirSync("/proc").map(Number).filter(Number.isInteger)) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
      const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      parents.set(pid, { parent: Number(parent), busy: state === "R" && /^(clang|llc)(-\d+)?$/.test(name) });
    } catch {
      // ended meanwhile
    }
  }
  const isBelow = (pid: number): boolean => pid === ancestor || (pid > 1 && isBelow(parents.get(pid)?.parent ?? 0));
  return [...parents].filter(([pid, { busy }]) => busy && isBelow(pid)).length;
}
