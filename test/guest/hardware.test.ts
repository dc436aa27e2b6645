/** Hardware mode for real: in a guest with a device that offloads, the workbench attaches, and the device refuses. */
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { bundleFiles } from "../../build/bundle.mjs";
import { buildCounters } from "../../build/counters.mjs";
import { buildGuestKernel, whyNoGuest } from "../../build/guest.mjs";
import { cases } from "./cases.ts";
import { type GuestFile, withLibraries } from "./initramfs.ts";
import { mergingCases } from "./preflight-cases.ts";
import { runGuest, whyNoTap } from "./run-guest.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const built = ".cache/guest/program";

interface Told {
  readonly name: string;
  readonly error: string | null;
}

describe("a guest with a device that offloads", () => {
  let missing = whyNoGuest();
  let told: readonly Told[] = [];
  let log = "";

  beforeAll(async () => {
    if (missing !== null) return;
    try {
      buildGuestKernel(() => undefined);
    } catch (error) {
      // the machine is not to blame for a package source that it cannot reach
      missing = `no guest kernel: ${error instanceof Error ? error.message : String(error)}`;
      return;
    }
    const run = await runGuest(await programFiles(), 400);
    log = run.console;
    told = run.told.split("\n").flatMap((line) => (line.trim().startsWith("{") ? [JSON.parse(line) as Told] : []));
    if (process.env["XDPW_GUEST_LOG"] !== undefined) process.stderr.write(`${run.console}\n${run.told}\n`);
  }, 600_000);

  it.for(Object.keys(cases))("%s", (name, { skip }) => {
    const noTap = missing === null && name in mergingCases ? whyNoTap() : null;
    skip(missing !== null || noTap !== null, missing ?? noTap ?? "");
    const one = told.find((candidate) => candidate.name === name);
    expect(one, `the guest did not come to it:\n${log.slice(-4000)}`).toBeDefined();
    expect(one?.error).toBeNull();
  });
});

/** From the sources as they are now. */
async function programFiles(): Promise<GuestFile[]> {
  const bundles = [
    { from: "test/guest/inside.ts", path: "main/inside.js" },
    { from: "main/doors/cli.ts", path: "main/cli.js" },
    { from: "helper/helper.ts", path: "helper/helper.js" },
    { from: "helper/guard/guard.ts", path: "helper/guard.js" },
  ];
  await bundleFiles(
    root,
    bundles.map(({ from, path }) => ({ from, to: join(built, path) })),
  );
  await buildCounters(root);
  const kept = (path: string, mode = 0o644): GuestFile => ({
    path: `/xdpw/${path}`,
    content: readFileSync(join(root, path)),
    mode,
  });
  return [
    ...bundles.map(({ path }) => ({ path: `/xdpw/dist/${path}`, content: readFileSync(join(root, built, path)) })),
    {
      path: "/xdpw/dist/helper/redirects.bpf.o",
      content: readFileSync(join(root, "dist/helper/redirects.bpf.o")),
    },
    ...withLibraries(join(root, "dist/native/xdpw.node"), "/xdpw/dist/native/xdpw.node"),
    ...[kept("package.json"), kept("xdpw", 0o755), kept("bpf-templates/pass/program.bpf.c")],
    ...objects(),
  ];
}

function objects(): GuestFile[] {
  const folder = join(root, built, "objects");
  mkdirSync(folder, { recursive: true });
  const programs = fileURLToPath(new URL("programs/", import.meta.url));
  return readdirSync(programs).map((source) => {
    const name = source.replace(".bpf.c", ".o");
    const include = `-I/usr/include/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
    const words = ["-O2", "-g", "-target", "bpf", include, "-c", join(programs, source), "-o", join(folder, name)];
    execFileSync("clang", words);
    return { path: `/objects/${name}`, content: readFileSync(join(folder, name)) };
  });
}
