/** What a user does over and over, by mouse, and what he waits for then. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";
import { type Machine, repository } from "./open-workbench.ts";

export const lab = "xdpw-lab";

export async function makeLab(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Make the lab" }).first().click();
  await labIsUp(page);
}

export async function labIsUp(page: Page): Promise<void> {
  await expect(page.getByRole("listbox", { name: `Interfaces of ${lab}` })).toContainText("port0", { timeout: 20_000 });
  await expect(page.getByRole("button", { name: "Interface", exact: false }).first()).toContainText("port0");
}

export async function openTemplate(page: Page, title: string): Promise<void> {
  await page.getByRole("button", { name: `Open ${title}`, exact: true }).click();
  await expect(editor(page)).toBeFocused();
}

/** a file of the user's, through File > Open; gives its path */
export async function openText(page: Page, machine: Machine, name: string, text: string): Promise<string> {
  mkdirSync(machine.workspace, { recursive: true });
  const path = join(machine.workspace, name);
  writeFileSync(path, text);
  await page.keyboard.press("Control+O");
  await page.getByRole("textbox", { name: "Path" }).fill(path);
  await page.keyboard.press("Enter");
  // 10 MB take a while
  await expect(editor(page)).toBeFocused({ timeout: 20_000 });
  return path;
}

/** where the text of the shown source is typed */
export function editor(page: Page): Locator {
  return page.getByRole("textbox", { name: /source\. Ctrl\+M/ });
}

export async function saveAndVerify(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Verify/ }).click();
}

export function verdict(page: Page): Locator {
  return page.getByRole("status", { name: "Verdict" });
}

export async function attach(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Attach/ }).click();
}

export function runsLine(page: Page): Locator {
  return page.getByRole("status", { name: "Attached program" });
}

/** the list at the left, of the maps of the chosen interface */
export async function openMap(page: Page, name: string, port = "port0"): Promise<void> {
  await page
    .getByRole("listbox", { name: `Maps of ${port}` })
    .getByRole("option", { name })
    .dblclick();
  await grid(page, name).waitFor();
}

/** a map's entries; variables ("Variables .bss") have a grid of that name */
export function grid(page: Page, map: string): Locator {
  const isSection = /^(Variables|Constants) /.test(map);
  return page.getByRole("grid", { name: isSection ? map : `${map} entries`, exact: true });
}

export function rowOf(page: Page, map: string, key: string): Locator {
  return grid(page, map)
    .getByRole("row")
    .filter({ has: page.getByRole("gridcell", { name: key, exact: true }) });
}

export async function bottomPanel(page: Page, name: string): Promise<Locator> {
  await page.getByRole("tab", { name, exact: true }).click();
  return page.getByRole("tabpanel", { name, exact: true });
}

export function messages(page: Page): Locator {
  return page.getByRole("region", { name: "Messages" });
}

/** Lab, template and verdict */
export async function openCounters(page: Page): Promise<void> {
  await makeLab(page);
  await openTemplate(page, "Packet counters");
  await page.keyboard.press("Control+S");
  await expect(verdict(page)).toContainText("accepted");
}

/** Template, lab, verdict and attach: where many tests begin. */
export async function attachCounters(page: Page): Promise<void> {
  await openCounters(page);
  await attach(page);
  await expect(runsLine(page)).toContainText("port0 runs xdp_count native");
}

/** Attaches a program with `ip link`, as somebody else would. */
export async function attachForeign(machine: Machine, port = "port0"): Promise<void> {
  const source = join(repository, "bpf-templates/pass/program.bpf.c");
  const object = join(machine.workspace, "foreign.o");
  mkdirSync(machine.workspace, { recursive: true });
  const include = `/usr/include/${{ x64: "x86_64", arm64: "aarch64" }[process.arch as string] ?? process.arch}-linux-gnu`;
  await machine.run("clang", "-O2", "-g", "-target", "bpf", "-I", include, "-c", source, "-o", object);
  await machine.run("ip", "-n", lab, "link", "set", "dev", port, "xdpdrv", "object", object, "section", "xdp");
}

export interface Linked {
  readonly mode: string;
  readonly id: number;
  readonly name: string;
  readonly tag: string;
  readonly jited: boolean;
}

/** What `ip link` says of the XDP program of a port of the lab; null where there is none. */
export async function linkedProgram(machine: Machine, port = "port0"): Promise<Linked | null> {
  const [link] = JSON.parse(await machine.run("ip", "-n", lab, "-d", "-j", "link", "show", port)) as [
    { xdp?: { mode: number; prog: { id: number; name: string; tag: string; jited: number } } },
  ];
  if (link.xdp === undefined) return null;
  const { mode, prog } = link.xdp;
  return {
    mode: ["off", "native", "skb", "hardware", "several"][mode] ?? "",
    id: prog.id,
    name: prog.name,
    tag: prog.tag,
    jited: prog.jited === 1,
  };
}
