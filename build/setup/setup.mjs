/**
 * `npm run setup`: everything between a fresh clone and a program that can start. Runs with nothing but Node.
 * Exit 0: all is there. 1: a build failed. 3: the environment lacks something, which was named.
 */
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isEntry } from "./entry.mjs";
import { refuseNode } from "./node-version.mjs";
import { installNpmPackages, npmPackagesAreStale } from "./npm.mjs";
import { findManager, thisSystem, withSystemDirectories } from "./probe.mjs";
import { requirements } from "./requirements.mjs";
import { buildTarget, isStale } from "./stamps.mjs";
import { isKnownPackage, packageListsAreOld, provideSystem, runOnTerminal } from "./system.mjs";
import { bundles, native, renderer } from "./targets.mjs";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * @param {string} text
 */
function say(text) {
  // standard error: a program that is started through the set-up keeps standard output for its own words
  process.stderr.write(`set-up: ${text}\n`);
}

/**
 * Whether a set-up of the last day has been here: what could not be installed then is not tried at every start.
 * @returns {boolean}
 */
function triedLately() {
  const stamp = join(root, ".cache/comfort");
  const day = 24 * 3600 * 1000;
  try {
    if (Date.now() - statSync(stamp).mtimeMs < day) return true;
  } catch {
    // never
  }
  try {
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, "");
  } catch {
    // a read-only checkout
  }
  return false;
}

/**
 * @param {{ readonly tests: boolean }} options tests: also what only the tests need
 * @returns {Promise<number>} exit code
 */
export async function setUp({ tests }) {
  const refusal = refuseNode(process.versions.node);
  if (refusal !== undefined) {
    say(refusal);
    return 3;
  }
  process.env["PATH"] = withSystemDirectories(process.env["PATH"]);
  const mayInstall = !["1", "true", "yes"].includes(process.env["XDPW_NO_INSTALL"] ?? "");
  const here = thisSystem(process.env["PATH"]);
  const manager = findManager(here);
  const system = provideSystem({
    system: here,
    requirements: requirements.filter(
      (requirement) =>
        (tests || requirement.tests !== true) && (requirement.only === undefined || requirement.only === manager),
    ),
    mayInstall,
    triedComfort: triedLately(),
    isRoot: process.getuid?.() === 0,
    hasTerminal: process.stdin.isTTY === true,
    run: runOnTerminal,
    isKnown: isKnownPackage,
    listsAreOld: packageListsAreOld,
    say,
  });

  const packagesAreStale = npmPackagesAreStale(root);
  if (packagesAreStale && !mayInstall) {
    say("missing: the npm packages that package-lock.json names. To install by hand:\n  npm ci --no-audit --no-fund");
  }
  if (system !== 0) return system;
  if (packagesAreStale && !mayInstall) return 3;
  if (packagesAreStale) {
    say("installing the npm packages that package-lock.json names: npm ci --no-audit --no-fund");
    const code = installNpmPackages(root);
    if (code !== 0) {
      say(`npm ended with exit code ${code}: the packages could not be installed`);
      return 3;
    }
  }
  return await buildStale();
}

/**
 * @returns {Promise<number>} exit code
 */
export async function buildStale() {
  // what builds is imported only where something is stale: esbuild and vite alone cost 0.3 s to load
  /** @type {readonly (readonly [import("./stamps.mjs").Target, string, () => Promise<unknown>])[]} */
  const builds = [
    [native, "the libbpf addon", async () => (await import("../native.mjs")).buildNative()],
    [
      bundles,
      "server, command line, Electron entry and helper",
      async () => (await import("../bundle.mjs")).bundle(root),
    ],
    [renderer, "the window", async () => (await import("../bundle.mjs")).bundleRenderer(root)],
  ];
  for (const [target, what, build] of builds) {
    if (!isStale(root, target)) continue;
    say(`building ${what}`);
    try {
      await buildTarget(root, target, build);
    } catch (error) {
      say(`build ${what}: ${error instanceof Error ? error.message : String(error)}`);
      return 1;
    }
    const absent = target.outputs.filter((output) => !existsSync(join(root, output)));
    if (absent.length > 0) {
      say(`build ${what}: ${absent.join(", ")} did not appear`);
      return 1;
    }
  }
  return 0;
}

if (isEntry(import.meta.url)) {
  const unknown = process.argv.slice(2).filter((argument) => argument !== "--tests");
  if (unknown.length > 0) {
    say(`unknown option ${unknown.join(" ")}; there is --tests`);
    process.exitCode = 2;
  } else {
    process.exitCode = await setUp({ tests: process.argv.includes("--tests") });
    if (process.exitCode === 0) say("ready");
  }
}
