/** How a normal user's workbench becomes root, and how it lives without: the real pkexec, polkit and sudo. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keptCapabilities } from "../../../helper/capabilities.ts";
import { onPath } from "../../../main/paths.ts";
import { type Scenario, type StageReport, user } from "./scenario.ts";

const repository = join(import.meta.dirname, "../../..");
const mountPoint = repository.startsWith("/mnt/") ? "/media" : "/mnt";

function whyNot(...tools: readonly string[]): string | null {
  if (process.getuid?.() !== 0) return "not root: root makes the user and the rules of these tests";
  for (const file of ["dist/helper/helper.js", "dist/native/xdpw.node"]) {
    if (!existsSync(join(repository, file))) return `${file} is not built`;
  }
  for (const tool of ["unshare", "mount", ...tools]) if (onPath(tool) === null) return `${tool} is not installed`;
  if (!existsSync(mountPoint)) return `there is no ${mountPoint} to mount over`;
  return null;
}
const polkitTools = ["pkexec", "dbus-daemon"] as const;

let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "xdpwt-elevation-"));
  await build({
    entryPoints: ["stage", "user"].map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    mainFields: ["module", "main"],
    banner: {
      js: 'import { createRequire } from "node:module"; globalThis.require ??= createRequire(import.meta.url);',
    },
    logLevel: "error",
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plain: Scenario = {
  polkit: "none",
  bus: false,
  sudo: "none",
  desktop: false,
  terminal: false,
  ending: "describe",
};

async function play(change: Partial<Scenario>): Promise<StageReport> {
  const words = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
  const stage = [process.execPath, join(folder, "stage.mjs"), repository, mountPoint, join(folder, "user.mjs")];
  const { stdout } = await promisify(execFile)("unshare", [
    ...words,
    ...stage,
    JSON.stringify({ ...plain, ...change }),
  ]);
  return JSON.parse(stdout) as StageReport;
}

function expectRoot({ user: report, processes, sockets }: StageReport, way: string): void {
  expect(report.failure).toBeNull();
  expect(report.uid).toBe(user.id);
  expect(report.way).toBe(way);
  expect(report.helper).toMatchObject({ uid: 0 });
  expect([...(report.helper?.capabilities ?? [])].sort()).toEqual([...keptCapabilities].sort());
  expect(report.builds).toBe(true);
  expect(processes).toEqual([]);
  expect(sockets).toEqual([]);
}

/** A clear sentence, and everything that needs no root goes on. */
function expectRefused({ user: report, processes, sockets }: StageReport, words: RegExp): void {
  expect(report.helper).toBeNull();
  expect(report.failure).toMatchObject({ kind: "no-privilege", need: "root" });
  expect(report.failure?.message).toMatch(words);
  expect(report.failure?.message).toMatch(/editing and building go on/);
  expect(report.failure?.message).not.toMatch(/\n|undefined|Command failed/);
  expect(report.state.state).toBe("locked");
  expect(report.builds).toBe(true);
  expect(processes).toEqual([]);
  expect(sockets).toEqual([]);
}

describe("on a desktop, through the password dialog's way", () => {
  const desktop = { desktop: true, bus: true } as const;
  const reason = whyNot(...polkitTools);

  test("allowed: a helper that is root with the listed capabilities and no others", async (context) => {
    if (reason !== null) context.skip(reason);
    expectRoot(await play({ ...desktop, polkit: "yes" }), "desktop");
  });

  test("main killed: the helper ends, and nothing is left", async (context) => {
    if (reason !== null) context.skip(reason);
    expectRoot(await play({ ...desktop, polkit: "yes", ending: "kill main" }), "desktop");
  });

  test("the helper killed: it is said, and starts again when it is asked for", async (context) => {
    if (reason !== null) context.skip(reason);
    const report = await play({ ...desktop, polkit: "yes", ending: "kill helper" });
    expect(report.user.afterKill?.state).toMatchObject({ state: "gone", pid: null });
    expect(report.user.afterKill?.state.note).toContain("ended unexpectedly");
    expect(report.user.afterKill?.next).not.toBe(report.user.helper?.pid);
    expect(report.processes).toEqual([]);
  });

  test("forbidden by the machine's rules", async (context) => {
    if (reason !== null) context.skip(reason);
    expectRefused(await play({ ...desktop, polkit: "no" }), /not authorized/i);
  });

  test("nobody there who could ask for a password", async (context) => {
    if (reason !== null) context.skip(reason);
    expectRefused(await play({ ...desktop, polkit: "none" }), /no authentication agent found/i);
  });

  test("no bus to ask over", async (context) => {
    if (reason !== null) context.skip(reason);
    expectRefused(await play({ ...desktop, bus: false }), /could not connect/i);
  });
});

describe("with sudo", () => {
  const reason = whyNot("sudo");

  test("allowed without a password, with a terminal and without", async (context) => {
    if (reason !== null) context.skip(reason);
    for (const terminal of [true, false]) expectRoot(await play({ sudo: "nopasswd", terminal }), "sudo");
  });

  test("main killed: the helper ends, and nothing is left", async (context) => {
    if (reason !== null) context.skip(reason);
    expectRoot(await play({ sudo: "nopasswd", ending: "kill main" }), "sudo");
  });

  test("its terminal is closed under a deadline: the guard outlives sudo's own (use_pty), and rolls back", async (context) => {
    const missing = whyNot("sudo", "script", "ip");
    if (missing !== null) context.skip(missing);
    const report = await play({ sudo: "use_pty", terminal: true, ending: "deadline" });
    expect(report.user).toMatchObject({ failure: null, way: "sudo" });
    expect(report.attached).toEqual([true, false]);
  });

  test("on a terminal, but not allowed", async (context) => {
    if (reason !== null) context.skip(reason);
    expectRefused(await play({ terminal: true }), /not given root \(sudo ended with exit code 1\)/);
  });

  test("neither terminal nor desktop nor a rule: there is no way, and that is said", async (context) => {
    if (reason !== null) context.skip(reason);
    const report = await play({});
    expect(report.user.way).toBe("none");
    expectRefused(report, /there is no way to ask for it here/);
  });
});
