/**
 * `npm run dist`: packages for this machine's architecture. With --layout: packs against a stand-in for Electron's
 * binary, which needs no download, and checks that the installed program finds its parts where it looks for them.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { root, setUp } from "./setup/setup.mjs";
import { addonFile } from "./setup/targets.mjs";

const staging = join(root, ".cache/dist");

/**
 * The Node that runs server, command line and helper in the package: the one that builds it.
 */
function stageNode() {
  const node = readlinkSync("/proc/self/exe");
  const libraries = spawnSync("ldd", [node], { encoding: "utf8" }).stdout ?? "";
  if (/libnode\.so/.test(libraries)) {
    throw new Error(
      `pack ${node}: it needs this distribution's libnode.so; run this with a Node that is one file, such as the official builds`,
    );
  }
  copyFileSync(node, join(staging, "node"));
  chmodSync(join(staging, "node"), 0o755);
}

function stageMetadata() {
  const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  writeFileSync(join(staging, "package.json"), `${JSON.stringify({ name, version, type: "module" })}\n`);
}

/**
 * A folder that looks to electron-builder like an unpacked Electron.
 * @returns {string}
 */
function makeStandIn() {
  const { version } = JSON.parse(readFileSync(join(root, "node_modules/electron/package.json"), "utf8"));
  const folder = join(staging, "electron-stand-in");
  mkdirSync(join(folder, "locales"), { recursive: true });
  mkdirSync(join(folder, "resources"), { recursive: true });
  writeFileSync(join(folder, "electron"), "#!/bin/sh\necho 'a stand-in for Electron' >&2\nexit 1\n", { mode: 0o755 });
  writeFileSync(join(folder, "chrome-sandbox"), "");
  writeFileSync(join(folder, "locales/en-US.pak"), "");
  writeFileSync(join(folder, "LICENSE"), "stand-in\n");
  writeFileSync(join(folder, "LICENSES.chromium.html"), "stand-in\n");
  writeFileSync(join(folder, "version"), version);
  return folder;
}

/**
 * @param {boolean} layout
 */
async function pack(layout) {
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  stageNode();
  stageMetadata();
  const { build, Platform } = await import("electron-builder");
  const target = layout ? "dir" : undefined;
  // what electron-builder's own command reads; a null takes a setting of the file away
  const config = layout
    ? { electronDist: makeStandIn(), electronFuses: null, directories: { output: ".cache/dist/release" } }
    : {};
  await build({ projectDir: root, targets: Platform.LINUX.createTarget(target), config, publish: "never" });
}

/**
 * @typedef {{ readonly name: string, readonly why: string | undefined }} Finding why: what is wrong; undefined when nothing is
 * @param {string} resources
 * @returns {readonly Finding[]}
 */
function checkLayout(resources) {
  const files = [
    "app.asar",
    "package.json",
    "xdpw",
    "node",
    "dist/main/serve.js",
    "dist/main/cli.js",
    "dist/main/rows-worker.js",
    "dist/main/file-worker.js",
    "dist/helper/helper.js",
    "dist/helper/guard.js",
    "dist/helper/redirects.bpf.o",
    "dist/helper/link-refusals.bpf.o",
    addonFile,
    "dist/renderer/index.html",
    "bpf-templates",
  ];
  const executables = ["xdpw", "node"];
  /** @type {Finding[]} */
  const findings = files.map((file) => ({
    name: `${file} is there`,
    why: existsSync(join(resources, file)) ? undefined : `${join(resources, file)} is missing`,
  }));
  for (const file of executables) {
    const mode = statSync(join(resources, file), { throwIfNoEntry: false })?.mode ?? 0;
    findings.push({
      name: `${file} can be run, and changed by its owner only`,
      why: (mode & 0o777) === 0o755 ? undefined : `its mode is ${(mode & 0o777).toString(8)}, not 755`,
    });
  }
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const node = join(resources, "node");
  findings.push(
    runsWell("xdpw --version says the version", [join(resources, "xdpw"), "--version"], (said) =>
      said.includes(version),
    ),
    runsWell("xdpw finds the templates and builds one", [
      join(resources, "xdpw"),
      "build",
      join(resources, "bpf-templates/pass/program.bpf.c"),
      "-o",
      join(staging, "pass.o"),
    ]),
    runsWell("the packed Node loads the packed addon", [
      node,
      "-e",
      "const face = require(process.argv[1]); if (Object.keys(face).length === 0) throw new Error('the addon is empty')",
      join(resources, addonFile),
    ]),
    runsWell(
      "the packed helper starts and refuses to do so without a socket",
      [node, join(resources, "dist/helper/helper.js")],
      undefined,
      (code) => code !== null && code !== 0,
    ),
  );
  return findings;
}

/**
 * @param {string} name
 * @param {readonly string[]} command
 * @param {(said: string) => boolean} says
 * @param {(code: number | null) => boolean} ends
 * @returns {Finding}
 */
function runsWell(name, [file = "", ...args], says = () => true, ends = (code) => code === 0) {
  // from a foreign directory, with none of the checkout on any path
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    cwd: "/",
    encoding: "utf8",
    timeout: 30_000,
    env: { ...process.env, PATH: "/usr/bin:/bin:/usr/sbin:/sbin" },
  });
  if (error === undefined && ends(status) && says(stdout)) return { name, why: undefined };
  return { name, why: `exit ${status} ${error?.message ?? ""} ${stdout.slice(-400)} ${stderr.slice(-800)}`.trim() };
}

/**
 * @returns {Promise<number>} exit code
 */
async function main() {
  const layout = process.argv.includes("--layout");
  const ready = await setUp({ tests: false });
  if (ready !== 0) return ready;
  await pack(layout);
  if (!layout) return 0;
  console.log("fuses are not flipped: the stand-in for Electron's binary has none");
  const findings = checkLayout(join(staging, "release/linux-unpacked/resources"));
  for (const { name, why } of findings)
    console.log(`${why === undefined ? "ok    " : "FAILED"} ${name}${why === undefined ? "" : `: ${why}`}`);
  const failed = findings.filter(({ why }) => why !== undefined).map(({ name }) => `package layout: ${name}`);
  const report = process.env["XDPW_TEST_RESULTS"];
  if (report !== undefined) {
    writeFileSync(report, JSON.stringify({ passed: findings.length - failed.length, failed, skipped: [] }));
  }
  if (failed.length > 0) return 1;
  // two copies of Node are large
  rmSync(staging, { recursive: true, force: true });
  return 0;
}

process.exitCode = await main();
