/** What the columns of a table say: layouts typed as C, formats, values of single CPUs, live counts; an empty table. */
import type { Page } from "@playwright/test";
import { looker } from "../axe.ts";
import * as keys from "./keys.ts";
import { isRoot, needsRoot, type Machine } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

const program = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct stats {
	__u64 packets;
	__u64 last_seen;
	__u32 port __attribute__((btf_decl_tag("format:ifindex")));
	__u8 protocol;
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__uint(key_size, 6);
	__uint(value_size, 8);
} untyped_flows SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct stats);
} cpu_stats SEC(".maps");

SEC("xdp")
int xdp_columns(struct xdp_md *ctx)
{
	__u64 key = 0;
	return bpf_map_lookup_elem(&untyped_flows, &key) && bpf_map_lookup_elem(&cpu_stats, &key) ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
`;

/** the newest of that name: others on this machine may have one too */
async function idOf(machine: Machine, name: string): Promise<string> {
  const maps = JSON.parse(await machine.run("bpftool", "-j", "map", "list")) as { id: number; name?: string }[];
  return `${Math.max(...maps.filter((map) => map.name === name).map(({ id }) => id))}`;
}

const cell = (page: Page, row: string, column: string) =>
  page
    .getByRole("row")
    .filter({ has: page.locator(`[data-value="${row}"]`) })
    .locator(`[data-column="${column}"]`)
    .first();

test("a layout typed as C, a format by one click, both kept; values of single CPUs; an empty table", async ({
  workbench: { page, machine },
}) => {
  test.slow();
  const { look, found } = looker(page);
  await steps.makeLab(page);
  await steps.openText(page, machine, "columns.bpf.c", program);
  await page.keyboard.press("Control+S");
  await expect(steps.verdict(page)).toContainText("accepted");
  await steps.attach(page);
  await expect(steps.runsLine(page)).toContainText("port0 runs xdp_columns");

  // empty, then bytes, as long as nobody says what they are
  const maps = page.getByRole("listbox", { name: "Maps of port0" });
  await maps.getByRole("option", { name: "untyped_flows" }).dblclick();
  await expect(page.getByText("untyped_flows has no entries yet.")).toBeVisible();
  await look("empty-table");
  const flows = await idOf(machine, "untyped_flows");
  const update = async (id: string, key: string, value: string): Promise<string> =>
    machine.run(
      "bpftool",
      "map",
      "update",
      "id",
      id,
      "key",
      "hex",
      ...key.split(" "),
      "value",
      "hex",
      ...value.split(" "),
    );
  await update(flows, "c0 00 02 01 01 bb", "05 00 00 00 11 00 00 00");
  await expect(cell(page, "0xc000020101bb", "value")).toHaveAttribute("data-value", "0x0500000011000000");

  // by keyboard: what is wrong is said with numbers and places, and what was typed stays
  await keys.intoPanel(page, "untyped_flows");
  await keys.pressUntil(page, "Tab", "button", "No BTF: type a layout");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Layout of untyped_flows" });
  await keys.focused(page, "textbox", "Key 6 bytes");
  await page.keyboard.insertText("struct { __be32 addr; __u16 port; }");
  await page.keyboard.press("Control+Enter");
  await expect(dialog.getByRole("alert")).toContainText(
    "describes 8 bytes, 2 of them padding, and a key has 6 bytes: 2 too many",
  );
  await look("layout");
  await page
    .getByRole("textbox", { name: "Key 6 bytes" })
    .fill("struct { __be32 addr; __be16 port; } __attribute__((packed))");
  await page.keyboard.press("Tab");
  await page.keyboard.insertText("struct { __u32 packets; __u8 protocol; }");
  await page.keyboard.press("Control+Enter");
  await expect(dialog).toBeHidden();
  await expect(cell(page, "192.0.2.1", "port")).toHaveAttribute("data-value", "443");
  await expect(cell(page, "192.0.2.1", "protocol")).toHaveAttribute("data-value", "UDP");

  // a format, by one click in the column's menu
  const menuOf = (column: string, says: string) => page.getByRole("button", { name: `Column ${column}: ${says}` });
  await page.getByRole("columnheader", { name: "packets" }).hover();
  await menuOf("packets", "as its declaration says").click();
  await page.getByRole("menuitemradio", { name: "hexadecimal" }).click();
  await expect(cell(page, "192.0.2.1", "packets")).toHaveAttribute("data-value", "0x5");
  await page.reload();
  await maps.getByRole("option", { name: "untyped_flows" }).dblclick();
  await expect(cell(page, "192.0.2.1", "packets")).toHaveAttribute("data-value", "0x5");
  await page.getByRole("tab", { name: /^untyped_flows/ }).waitFor();

  // a sum, and a column a CPU on demand; interface, protocol and time by declaration and name
  await maps.getByRole("option", { name: "cpu_stats" }).dblclick();
  const table = page.getByRole("treegrid", { name: "cpu_stats entries" });
  const stats = await idOf(machine, "cpu_stats");
  const ifindex = JSON.parse(await machine.run("ip", "-n", "xdpw-lab", "-j", "link", "show", "port1")) as {
    ifindex: number;
  }[];
  const index = (ifindex[0]?.ifindex ?? 0).toString(16).padStart(2, "0");
  const value = (packets: string): string =>
    `${packets} 00 00 00 00 00 00 00 00 10 a5 d4 e8 00 00 00 ${index} 00 00 00 06 00 00 00`;
  await update(stats, "01 00 00 00", value("07"));
  const cpus = (
    JSON.parse(await machine.run("bpftool", "-j", "map", "lookup", "id", stats, "key", "1", "0", "0", "0")) as {
      values: unknown[];
    }
  ).values.length;
  const of = (column: string) =>
    table
      .getByRole("row")
      .filter({ has: page.locator('[data-column="key"][data-value="1"]') })
      .locator(`[data-column="${column}"]`);
  await expect(of("packets")).toHaveAttribute("data-value", `${7 * cpus}`);
  await expect(of("port")).toHaveAttribute("data-value", "port1");
  await expect(of("protocol")).toHaveAttribute("data-value", "TCP");
  await expect(of("last_seen")).toHaveAttribute("data-value", /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9}$/);
  await expect(table.getByRole("columnheader", { name: "port" })).toContainText("interface in namespace xdpw-lab");
  await page.getByRole("button", { name: "CPU columns" }).click();
  await page.getByRole("button", { name: "Rates" }).click();
  await expect(table.getByRole("columnheader", { name: /^CPU 0.*packets/ })).toBeVisible();
  await expect(of("packets /s")).toHaveAttribute("data-value", "0");
  await update(stats, "01 00 00 00", value("09"));
  await expect(of("packets")).toHaveClass(/changed/);
  await expect(of("packets")).toHaveAttribute("data-value", `${9 * cpus}`);

  // one CPU's value, by keyboard: opened, typed, seen as a diff, applied
  const last = cpus - 1;
  await of("key").click();
  await page.keyboard.press("Space");
  const line = table.getByRole("row").filter({ has: page.locator(`[data-value="CPU ${last}"]`) });
  await expect(line).toBeVisible();
  for (let step = 0; step <= last; step++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("F2");
  await page.keyboard.type("41");
  await page.keyboard.press("Enter");
  await expect(line.locator('[data-column="packets"]').locator("ins")).toHaveText("41");
  await look("per-cpu");
  await page.keyboard.press("Control+Enter");
  await expect(of("packets")).toHaveAttribute("data-value", `${9 * last + 41}`);
  const after = JSON.parse(
    await machine.run("bpftool", "-j", "map", "lookup", "id", stats, "key", "1", "0", "0", "0"),
  ) as {
    formatted: { values: { value: { packets: number } }[] };
  };
  expect(after.formatted.values.map((one) => one.value.packets)).toEqual(
    Array.from({ length: cpus }, (_, cpu) => (cpu === last ? 41 : 9)),
  );
  expect(found).toEqual([]);
});
