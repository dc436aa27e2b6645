/** Writing C with clangd behind it: completion, hover, rename, formatting, definitions, and its death survived. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import type { Machine } from "./open-workbench.ts";
import { editor, openText } from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

const program = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

SEC("xdp")
int count(struct xdp_md *ctx)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&counts, &key);

	return value ? XDP_PASS : XDP_DROP;
}

char _license[] SEC("license") = "GPL";
`;

function clangd(page: Page): Locator {
  return page.getByRole("status", { name: "Language server" });
}

async function ready(page: Page): Promise<void> {
  await expect(clangd(page)).toHaveText(/^clangd \d+/, { timeout: 20_000 });
}

/** puts the cursor at a place with the editor's own Go to Line, to which a tab is eight columns wide */
async function goTo(page: Page, line: number, column: number): Promise<void> {
  await page.keyboard.press("Control+G");
  await expect(page.getByText("Type a line number to go to")).toBeVisible();
  await page.keyboard.type(`${line}:${column}`);
  await page.keyboard.press("Enter");
  await expect(page.getByText(`Ln ${line}, Col`)).toBeVisible();
}

function shown(page: Page): Locator {
  return page.locator(".view-lines:visible");
}

async function save(page: Page, path: string, text: RegExp): Promise<void> {
  await page.keyboard.press("Control+Shift+S");
  await expect.poll(() => readFileSync(path, "utf8")).toMatch(text);
}

/** clangd of the server under this machine, by the process tree */
function clangdPids(server: number): number[] {
  const table = execFileSync("ps", ["-eo", "pid=,ppid=,comm="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, name]) => ({ pid: Number(pid), parent: Number(parent), name: name ?? "" }));
  const below = (pid: number): typeof table =>
    table.filter(({ parent }) => parent === pid).flatMap((one) => [one, ...below(one.pid)]);
  return below(server)
    .filter(({ name }) => name.startsWith("clangd"))
    .map(({ pid }) => pid);
}

function write(machine: Machine, name: string, text: string): string {
  const path = join(machine.workspace, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

test("a helper is completed with its manual, and hovered over", async ({ workbench: { page, machine } }) => {
  const path = await openText(page, machine, "Größe Zählen.bpf.c", program);
  await ready(page);
  await goTo(page, 16, 1);
  await page.keyboard.type("\tbpf_map_upd");
  const item = page.getByRole("option", { name: /bpf_map_update_elem/ });
  await expect(item).toBeVisible();
  await page.keyboard.press("Control+Space");
  await expect(page.locator(".suggest-details")).toContainText(
    "Add or update the value of the entry associated to key in",
  );
  await page.keyboard.press("Enter");
  await expect(shown(page)).toContainText("bpf_map_update_elem(map, key, value, flags)");
  await expect(page.locator(".parameter-hints-widget")).toContainText("void *map");
  await page.keyboard.type("&counts");
  await page.keyboard.press("Tab");
  await page.keyboard.type("&key");
  await page.keyboard.press("Tab");
  await page.keyboard.type("&key");
  await page.keyboard.press("Tab");
  await page.keyboard.type("BPF_ANY");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("End");
  await page.keyboard.type(";");
  await save(page, path, /bpf_map_update_elem\(&counts, &key, &key, BPF_ANY\);/);

  await page.getByText("bpf_map_lookup_elem").first().hover();
  const hover = page.locator(".monaco-hover:visible");
  await expect(hover).toContainText("Perform a lookup in map for an entry associated to key.");
  await expect(hover).toContainText("void *bpf_map_lookup_elem(void *map, const void *key);");
});

test("helpers that XDP may not call here are marked, sections completed, unknown ones and a missing license flagged", async ({
  workbench: { page, machine },
}) => {
  test.skip(process.getuid?.() !== 0, "needs root: the kernel is asked which helpers XDP may call");
  await openText(page, machine, "marks.bpf.c", program.replace('char _license[] SEC("license") = "GPL";\n', ""));
  await ready(page);
  await goTo(page, 16, 1);
  await page.keyboard.type("\tbpf_skb_load_b");
  await expect(page.getByRole("option", { name: /bpf_skb_load_bytes/ }).first()).toContainText(
    "not for XDP on this kernel",
  );
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+Shift+K");
  await goTo(page, 16, 1);
  await page.keyboard.type('\tbpf_printk("x");');
  await page.keyboard.press("Escape");
  await page.locator(".squiggly-error").first().waitFor();
  await page.getByText("bpf_printk").first().hover();
  await expect(page.locator(".monaco-hover:visible")).toContainText("GPL-compatible license");

  await goTo(page, 11, 9);
  await page.keyboard.press("Escape");
  await page.keyboard.type(".fr");
  await expect(page.getByRole("option", { name: /^xdp\.frags/ }).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.type("o");
  await page.keyboard.press("Escape");
  await page.locator(".squiggly-warning").first().waitFor();
  await page.getByText('"xdp.fro"').hover();
  await expect(page.locator(".monaco-hover:visible")).toContainText('libbpf does not know the section name "xdp.fro"');
});

test("a rename changes two files, of which one was not open", async ({ workbench: { page, machine } }) => {
  const header = write(
    machine,
    "Two Files/common.h",
    "#pragma once\nstatic inline int twice(int x)\n{\n\treturn 2 * x;\n}\n",
  );
  const text = '#include "common.h"\n\nint four(void)\n{\n\treturn twice(2);\n}\n';
  write(machine, "Two Files/four.c", text);
  const path = await openText(page, machine, "Two Files/four.c", text);
  await ready(page);
  await goTo(page, 5, 17);
  await page.keyboard.press("F2");
  await page.locator(".rename-input").fill("doubled");
  await page.keyboard.press("Enter");
  await expect(shown(page)).toContainText("doubled(");
  await save(page, path, /return doubled\(2\);/);
  await page.getByRole("tab", { name: /common\.h/ }).click();
  await expect(shown(page)).toContainText("doubled(");
  await editor(page).focus();
  await save(page, header, /static inline int doubled\(int x\)/);
});

test("formatting follows the kernel's style, and a .clang-format where there is one", async ({
  workbench: { page, machine },
}) => {
  const ugly = "int f(int x){\n  if(x) return 1;\n  return 2;\n}\n";
  write(machine, "kernel/f.c", "");
  write(machine, "own/f.c", "");
  const path = await openText(page, machine, "kernel/f.c", ugly);
  await ready(page);
  await page.keyboard.press("Shift+Alt+F");
  await expect(shown(page)).toContainText("if (x)");
  await save(page, path, /^int f\(int x\)\n\{\n\tif \(x\)\n\t\treturn 1;\n\treturn 2;\n\}\n$/);
  write(machine, "own/.clang-format", "BasedOnStyle: GNU\n");
  const other = await openText(page, machine, "own/f.c", ugly);
  await page.keyboard.press("Shift+Alt+F");
  await expect(shown(page)).toContainText("f (int x)");
  await save(page, other, /^int\nf \(int x\)\n/);
});

test("uses in a file that is not open are shown for a look, symbols found, a fix applied", async ({
  workbench: { page, machine },
}) => {
  write(machine, "uses/common.h", "#pragma once\nstatic inline int twice(int x)\n{\n\treturn 2 * x;\n}\n");
  const text =
    '#include "common.h"\n\nint four(void)\n{\n\treturn twice(2);\n}\n\nint eight(void)\n{\n\treturn twice(4)\n}\n';
  write(machine, "uses/four.c", text);
  const path = await openText(page, machine, "uses/four.c", text);
  await ready(page);
  await page.locator(".squiggly-error").first().waitFor();
  await page.keyboard.press("F8");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+.");
  await page.getByText("insert ';'").first().click();
  // a hint with the parameter's name stands between
  await expect(shown(page)).toContainText(/twice\(.*4\);/);
  await editor(page).focus();
  await save(page, path, /return twice\(4\);/);

  await goTo(page, 5, 17);
  await page.keyboard.press("Shift+F12");
  const peek = page.locator(".reference-zone-widget");
  await expect(peek).toContainText("common.h");
  await expect(peek.locator(".preview")).toContainText("return");
  await page.keyboard.press("Escape");

  await page.keyboard.press("Control+Shift+O");
  await page.keyboard.type("eight");
  await expect(page.getByRole("option", { name: /eight/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Ln 8, Col")).toBeVisible();
});

test("a definition in a header of the system opens to be read", async ({ workbench: { page, machine } }) => {
  await openText(page, machine, "go.bpf.c", program);
  await ready(page);
  await goTo(page, 15, 30);
  await page.keyboard.press("F12");
  await expect(page.getByRole("tab", { name: /bpf_helper_defs\.h/ })).toBeVisible();
  await expect(shown(page)).toContainText("bpf_map_lookup_elem");
  await page.keyboard.type("x");
  await expect(page.getByText(/read-only/i).first()).toBeVisible();
});

test("a clangd that is killed is started again, and says so", async ({ workbench: { page, machine, server } }) => {
  await openText(page, machine, "crash.bpf.c", program);
  await ready(page);
  const [first] = clangdPids(server.pid);
  expect(first).toBeDefined();
  process.kill(first ?? 0, "SIGKILL");
  await expect(page.getByText("clangd ended and is started again")).toBeVisible();
  await expect.poll(() => clangdPids(server.pid).filter((pid) => pid !== first).length).toBe(1);
  await ready(page);
  await goTo(page, 15, 15);
  await page.getByText("value").first().hover();
  await goTo(page, 16, 1);
  await page.keyboard.type("\tctx->");
  await expect(page.getByRole("option", { name: /data_end/ })).toBeVisible();
});
