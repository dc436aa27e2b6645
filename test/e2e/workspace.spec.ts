/** The folder that the user works in: its files, what others do to them, and text that nobody saved. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { findChromium } from "../../build/chromium.mjs";
import { brokenRules } from "../axe.ts";
import { type Machine, repository } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { expect, test } from "./workbench-test.ts";

const program = readFileSync(join(repository, "bpf-templates/pass/program.bpf.c"), "utf8");

/** A workspace with capitals, spaces and more than ASCII in its names, opened by its path. */
async function openFolder(page: Page, machine: Machine): Promise<string> {
  const folder = join(machine.env["HOME"] ?? "", "My Programs ü");
  mkdirSync(join(folder, "common"), { recursive: true });
  writeFileSync(join(folder, "Pass all.bpf.c"), program);
  writeFileSync(join(folder, "common/parsing.h"), "/* needle */\nstruct parser { int at; };\n");
  writeFileSync(join(folder, "notes.txt"), "a needle in a haystack\n");
  await page.keyboard.press("Control+Alt+O");
  await page.getByRole("textbox", { name: "Path" }).fill(folder);
  await page.keyboard.press("Enter");
  await expect(row(page, "Pass all.bpf.c")).toBeVisible();
  return folder;
}

function tree(page: Page) {
  return page.getByRole("treegrid", { name: "Workspace" });
}
function row(page: Page, name: string) {
  return tree(page).getByRole("row", { name });
}
async function quickOpen(page: Page, typed: string): Promise<void> {
  await page.keyboard.press("Control+P");
  await page.getByRole("combobox", { name: /^File to open/ }).fill(typed);
  await page.keyboard.press("Enter");
}
async function axe(page: Page): Promise<void> {
  expect(await brokenRules(page, { without: ".monaco-editor" })).toEqual([]);
}
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["XDPW_PICTURES"];
  if (folder === undefined) return;
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  }
  await page.emulateMedia({ colorScheme: "dark" });
}

test("open a folder, find a file by name, make, rename and delete one, by keyboard", async ({ workbench }) => {
  const { page, machine } = workbench;
  const folder = await openFolder(page, machine);

  await quickOpen(page, "pars");
  await expect(steps.editor(page)).toBeFocused();
  await expect(page.getByRole("tab", { name: "parsing.h" })).toHaveAttribute("aria-selected", "true");
  await quickOpen(page, "pass:3");
  await expect(page.getByRole("tab", { name: "Pass all.bpf.c" })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByText(/^Ln 3, Col 1$/)).toBeVisible();
  await page.keyboard.press("Control+P");
  await page.getByRole("listbox", { name: "Files", exact: true }).getByRole("option", { name: "parsing.h" }).waitFor();
  await picture(page, "quick-open");
  await axe(page);
  await page.keyboard.press("Escape");

  await page.keyboard.press("Alt+N");
  await page.getByRole("textbox", { name: /^Name, in/ }).fill("notes.txt");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("something of that name is there already");
  await axe(page);
  await page.getByRole("textbox", { name: /^Name, in/ }).fill("deep/New Ü.h");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("tab", { name: "New Ü.h" })).toBeVisible();
  await expect(steps.editor(page)).toBeFocused();
  await page.keyboard.type("int unsaved;");
  await expect(row(page, "New Ü.h")).toContainText("unsaved");

  await page.keyboard.press("Alt+Shift+E");
  await expect(row(page, "New Ü.h")).toBeFocused();
  await page.keyboard.press("F2");
  await expect(page.getByRole("textbox", { name: /^New name, in/ })).toHaveValue("deep/New Ü.h");
  await page.keyboard.type("Renamed");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("tab", { name: "Renamed.h" })).toBeVisible();
  await expect(page.getByRole("tab", { name: "New Ü.h" })).toHaveCount(0);
  await expect(page.getByRole("code")).toContainText(/int.unsaved;/);
  expect(readdirSync(join(folder, "deep"))).toEqual(["Renamed.h"]);
  await page.keyboard.press("Control+S");
  await expect.poll(() => readFileSync(join(folder, "deep/Renamed.h"), "utf8")).toBe("int unsaved;");

  await row(page, "Renamed.h").focus();
  await page.keyboard.press("Delete");
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText("goes to the trash");
  await page.keyboard.press("Escape");
  expect(existsSync(join(folder, "deep/Renamed.h"))).toBe(true);
  await row(page, "Renamed.h").focus();
  await page.keyboard.press("Delete");
  await question.getByRole("button", { name: "Move to the trash" }).click();
  await expect(page.getByRole("tab", { name: "Renamed.h" })).toHaveCount(0);
  expect(readdirSync(join(machine.env["XDG_DATA_HOME"] ?? "", "Trash/files"))).toEqual(["Renamed.h"]);
  await picture(page, "workspace");
  await axe(page);
});

test("a file changed on disk: loaded where nothing was typed, told where something was", async ({ workbench }) => {
  const { page, machine } = workbench;
  const folder = await openFolder(page, machine);
  const path = join(folder, "notes.txt");
  await quickOpen(page, "notes");
  await expect(steps.editor(page)).toBeFocused();
  writeFileSync(path, "written by somebody else\n");
  await expect(page.getByRole("code")).toContainText(/written.by.somebody.else/);
  await expect(steps.messages(page)).not.toContainText("changed on disk");

  await page.keyboard.type("mine ");
  writeFileSync(path, "and once more\n");
  await expect(steps.messages(page)).toContainText("was changed on disk by somebody else: your unsaved text is kept");
  await expect(page.getByRole("code")).toContainText(/mine.written/);
  await page.keyboard.press("Control+S");
  await expect(page.getByRole("alertdialog")).toContainText("was changed by somebody else");
  await page.keyboard.press("Escape");
  expect(readFileSync(path, "utf8")).toBe("and once more\n");
  await steps.messages(page).getByRole("button", { name: "Load what is on disk" }).click();
  await expect(page.getByRole("code")).toContainText(/and.once.more/);

  // our own saving is no change by somebody else
  await page.getByRole("code").click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("saved");
  await page.keyboard.press("Control+S");
  await expect.poll(() => readFileSync(path, "utf8")).toBe("and once more\nsaved");
  rmSync(path);
  await expect(steps.messages(page)).toContainText("is gone from the disk: its text is kept here");
  await expect(row(page, "notes.txt")).toHaveCount(0);
  await expect(page.getByRole("code")).toContainText("saved");
});

test("search in files, results by keyboard, unsaved text included", async ({ workbench }) => {
  const { page, machine } = workbench;
  await openFolder(page, machine);
  await quickOpen(page, "notes");
  await expect(steps.editor(page)).toBeFocused();
  await page.keyboard.type("one needle, two needles; ");
  await page.keyboard.press("Control+Shift+F");
  const field = page.getByRole("textbox", { name: "Search in files" });
  await expect(field).toBeFocused();
  await field.fill("needle");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status", { name: "Search outcome" })).toHaveText("4 in 2 files");
  const results = page.getByRole("listbox", { name: "Matches" });
  await expect(results.getByRole("option")).toHaveCount(4);
  await picture(page, "search");
  await axe(page);
  await results.getByRole("option").first().focus();
  await page.keyboard.press("Enter");
  await expect(steps.editor(page)).toBeFocused();
  await expect(page.getByText(/^Ln 1, Col (4|5)$/)).toBeVisible();

  await page.keyboard.press("Control+Shift+F");
  await page.getByRole("button", { name: "Regular expression" }).click();
  await field.fill("(");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status", { name: "Search outcome" })).toContainText("correct the regular expression");
});

test("the palette does everything; settings.json is edited, marked and obeyed at once", async ({ workbench }) => {
  const { page, machine } = workbench;
  await openFolder(page, machine);
  await page.keyboard.press("Control+Shift+P");
  const field = page.getByRole("combobox", { name: "Action to run" });
  await expect(field).toBeFocused();
  await expect(page.getByRole("option", { name: /File: Save and verify/ })).toHaveAttribute("aria-disabled", "true");
  await field.pressSequentially("settings");
  await picture(page, "palette");
  await axe(page);
  await page.keyboard.press("Enter");
  await expect(steps.editor(page)).toBeFocused();

  const write = async (text: string): Promise<void> => {
    await page.getByRole("code").click();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(text);
    // what the editor closed by itself
    await page.keyboard.press("Control+Shift+End");
    await page.keyboard.press("Delete");
    await page.keyboard.press("Control+S");
  };
  await write('{ "theme": "pink", "tabSize": 4 }');
  await expect(page.locator(".squiggly-error")).not.toHaveCount(0);
  await expect(steps.messages(page)).toContainText("settings.json: not all of it holds");
  await write('{ "theme": "light", "keybindings": [{ "action": "shortcuts", "keys": "Ctrl+Alt+K" }] }');
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await expect(page.locator(".squiggly-error")).toHaveCount(0);
  await picture(page, "settings");
  await page.keyboard.press("Control+Alt+K");
  await expect(page.getByRole("region", { name: "Keyboard shortcuts" })).toContainText("Ctrl+Alt+K");
  await axe(page);
  // by hand, outside of the window
  writeFileSync(join(machine.env["XDG_CONFIG_HOME"] ?? "", "xdp-workbench/settings.json"), '{ "theme": "dark" }');
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("a split editor shows one text twice; the panels are found as they were left", async ({ workbench }) => {
  const { page, machine } = workbench;
  await openFolder(page, machine);
  await quickOpen(page, "notes");
  await expect(steps.editor(page)).toBeFocused();
  await page.keyboard.press("Control+\\");
  await expect(page.getByRole("code")).toHaveCount(2);
  await expect(steps.editor(page).last()).toBeFocused();
  await page.keyboard.type("typed once ");
  await expect(page.getByRole("code").first()).toContainText(/typed.once/);
  await expect(page.getByRole("code").last()).toContainText(/typed.once/);
  await picture(page, "split");
  // what is written when the panels rest
  await expect.poll(() => page.evaluate(() => localStorage.getItem("xdpw.layout"))).toContain("view:2:");
  await page.reload();
  await expect(page.getByRole("code")).toHaveCount(2);
  await expect(page.getByRole("code").last()).toContainText(/typed.once/);
});

test("a workspace that vanishes, a binary file, wrong UTF-8 and 5 MB: said, nothing lost", async ({ workbench }) => {
  const { page, machine } = workbench;
  const folder = await openFolder(page, machine);
  writeFileSync(join(folder, "binary.c"), Buffer.from([0x7f, 0x45, 0, 1]));
  writeFileSync(join(folder, "latin.c"), Buffer.from([0x2f, 0x2f, 0xfc, 0x0a]));
  writeFileSync(join(folder, "large.c"), `// ${"x".repeat(77)}\n`.repeat(65_000));
  await quickOpen(page, "binary.c");
  await expect(steps.messages(page)).toContainText("it holds NUL bytes");
  await quickOpen(page, "latin.c");
  await expect(steps.messages(page)).toContainText("it is not valid UTF-8");
  await quickOpen(page, "large.c");
  await expect(page.getByRole("tab", { name: "large.c" })).toBeVisible();
  await expect(steps.editor(page)).toBeFocused({ timeout: 20_000 });
  await page.keyboard.press("Alt+W");

  await quickOpen(page, "notes");
  await expect(steps.editor(page)).toBeFocused();
  await page.keyboard.type("kept ");
  rmSync(folder, { recursive: true });
  await expect(page.getByRole("navigation", { name: "Lists" }).getByRole("alert")).toContainText("it is not there");
  await expect(page.getByRole("code")).toContainText(/kept.a.needle/);
  await page.keyboard.press("Control+S");
  await page.getByRole("alertdialog").getByRole("button", { name: "Overwrite the file" }).click();
  await expect(steps.messages(page)).toContainText(/Save .*notes\.txt: it is not there/);
  await expect(page.getByRole("code")).toContainText(/kept.a.needle/);
});

test("kill -9 of the server and of the browser: what was typed half a second ago is back, in another browser", async ({
  workbench,
}) => {
  const { page, machine, server } = workbench;
  await page.close();
  await server.stop();
  const first = mkdtempSync(join(tmpdir(), "xdpw-profile-"));
  const second = mkdtempSync(join(tmpdir(), "xdpw-profile-"));
  const options = {
    executablePath: findChromium() ?? "chromium",
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--no-first-run"],
    viewport: { width: 1600, height: 1000 },
  };
  // the server as a process of its own: it is to die
  const serve = async () => {
    const [file = "", ...args] = machine.inside([
      process.execPath,
      join(repository, "dist/main/serve.js"),
      "--port",
      "0",
    ]);
    const child = spawn(file, args, { env: machine.env, stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    return { child, url: (JSON.parse(line.toString()) as { url: string }).url };
  };
  const killBrowser = (profile: string): void => {
    for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
      try {
        if (readFileSync(`/proc/${name}/cmdline`, "utf8").includes(profile)) process.kill(Number(name), "SIGKILL");
      } catch {
        // it ended meanwhile
      }
    }
  };
  try {
    const before = await serve();
    const browser = await chromium.launchPersistentContext(first, options);
    const [typing = await browser.newPage()] = browser.pages();
    await typing.goto(before.url);
    await typing.getByRole("button", { name: "Open Packet counters" }).click();
    await expect(steps.editor(typing)).toBeFocused();
    await typing.keyboard.press("Control+Home");
    for (let count = 0; count < 30; count++) await typing.keyboard.type("/* never saved */\n", { delay: 2 });
    await typing.keyboard.type("// the last line\n");
    // oxlint-disable-next-line playwright/no-wait-for-timeout -- what may be lost is half a second
    await typing.waitForTimeout(500);
    killBrowser(first);
    before.child.kill("SIGKILL");
    await once(before.child, "exit");

    const after = await serve();
    const other = await chromium.launchPersistentContext(second, options);
    const [restored = await other.newPage()] = other.pages();
    await restored.goto(after.url);
    await expect(steps.messages(restored)).toContainText("Unsaved text was restored");
    await expect(steps.verdict(restored)).toHaveText("unsaved");
    await expect(steps.editor(restored)).toBeFocused();
    await restored.keyboard.press("Control+S");
    await expect(steps.verdict(restored)).not.toHaveText("unsaved");
    const saved = readFileSync(join(machine.workspace, "packet-counters/program.bpf.c"), "utf8");
    expect(saved).toMatch(/^(?:\/\* never saved \*\/\n){30}\/\/ the last line\n/);
    await other.close();
    after.child.kill("SIGTERM");
    await once(after.child, "exit");
  } finally {
    killBrowser(first);
    killBrowser(second);
    rmSync(first, { recursive: true, force: true });
    rmSync(second, { recursive: true, force: true });
  }
});
