/**
 * `npm test`: sets up, then runs every test there is and ends on one line, `N passed, N failed, N skipped`.
 * Exit 0 when nothing failed, 3 when the set-up could not provide what the tests need, else 1.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runChecks } from "./check.mjs";
import { takeInventory } from "./inventory.mjs";
import { awaitNoLeaks } from "./leaks.mjs";
import { withSystemDirectories } from "./setup/probe.mjs";
import { judgePart, noResults, readPlaywrightReport, summaryLine, sumResults } from "./test-results.mjs";

/** @typedef {import("./test-results.mjs").Results} Results */

/**
 * @typedef {{
 *   readonly name: string,
 *   readonly args: readonly string[],
 *   readonly minutes: number,
 *   readonly read: (report: string) => Results,
 * }} Part
 *   args: of Node; minutes: after which the part is ended and has failed
 */

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const reports = join(root, ".cache/test");
const vitest = [
  "node_modules/vitest/vitest.mjs",
  "run",
  // once more, and the summary names those that needed it: a long run does not end for the sake of one slow moment
  "--retry=1",
  "--reporter=default",
  `--reporter=${join(root, "build/vitest-reporter.mjs")}`,
  "--project",
];

/** @type {readonly Part[]} */
const parts = [
  { name: "unit", args: [...vitest, "unit"], minutes: 15, read: JSON.parse },
  { name: "kernel", args: [...vitest, "kernel"], minutes: 15, read: JSON.parse },
  // a download and a build of a kernel module among them, the first time
  { name: "guest", args: [...vitest, "guest"], minutes: 8, read: JSON.parse },
  {
    name: "end to end",
    args: ["node_modules/@playwright/test/cli.js", "test", "--retries=1", "--reporter=list,json"],
    minutes: 20,
    read: (report) => readPlaywrightReport(JSON.parse(report)),
  },
  { name: "package layout", args: ["build/dist.mjs", "--layout"], minutes: 4, read: JSON.parse },
];

/**
 * The environment of every part: all that a test writes stays inside the tree, and its processes can be known.
 * @param {string} mark
 */
function environment(mark) {
  const cache = join(root, ".cache");
  const home = join(cache, "home");
  const runtime = join(cache, "run");
  // what earlier runs left would make a test depend on them
  for (const directory of [join(cache, "tmp"), home, runtime, reports]) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }
  // tests that run as another user go through it
  chmodSync(join(cache, "tmp"), 0o711);
  const [name = "", value = ""] = mark.split("=");
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, NODE_OPTIONS: _options, ...inherited } = process.env;
  return {
    ...inherited,
    PATH: withSystemDirectories(process.env["PATH"]),
    HOME: home,
    TMPDIR: join(cache, "tmp"),
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_CACHE_HOME: join(home, ".cache"),
    XDG_DATA_HOME: join(home, ".local/share"),
    XDG_STATE_HOME: join(home, ".local/state"),
    XDG_RUNTIME_DIR: runtime,
    [name]: value,
  };
}

/**
 * @param {readonly string[]} args of Node
 * @param {NodeJS.ProcessEnv} env
 * @param {number} minutes
 * @returns {Promise<number | string>} exit code, or why there is none
 */
async function runNode(args, env, minutes) {
  // a group of its own, so that an overlong part is ended with all that it started
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  const end = (/** @type {NodeJS.Signals} */ signal) => {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  };
  const interrupt = () => end("SIGINT");
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  let overlong = false;
  const timer = setTimeout(() => {
    overlong = true;
    end("SIGKILL");
  }, minutes * 60_000);
  try {
    return await new Promise((resolve) => {
      child.on("error", (error) => resolve(error.message));
      child.on("exit", (code, signal) =>
        resolve(overlong ? `ended after ${minutes} minutes` : (code ?? `ended by ${signal}`)),
      );
    });
  } finally {
    clearTimeout(timer);
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

/**
 * @param {Part} part
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Results>}
 */
async function runPart({ name, args, minutes, read }, env) {
  console.log(`\n=== ${name}`);
  const started = performance.now();
  const report = join(reports, `${name.replaceAll(" ", "-")}.json`);
  const exit = await runNode(args, { ...env, XDPW_TEST_RESULTS: report, PLAYWRIGHT_JSON_OUTPUT_FILE: report }, minutes);
  /** @type {Results | undefined} */
  let results;
  try {
    results = read(readFileSync(report, "utf8"));
  } catch {
    // no report, or half of one: the part is judged by that
  }
  const judged = judgePart(name, exit, results);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`--- ${name}: ${summaryLine(judged)} (${seconds} s)`);
  return judged;
}

/**
 * @param {Results} results
 */
function printSummary(results) {
  if (results.skipped.length > 0) {
    console.log(`\nskipped:\n${results.skipped.map(({ name, reason }) => `  ${name}: ${reason}`).join("\n")}`);
  }
  const { unsteady = [] } = results;
  if (unsteady.length > 0)
    console.log(`\npassed only when tried again:\n${unsteady.map((name) => `  ${name}`).join("\n")}`);
  if (results.failed.length > 0) console.log(`\nfailed:\n${results.failed.map((name) => `  ${name}`).join("\n")}`);
  console.log(`\n${summaryLine(results)}`);
}

/**
 * @returns {Promise<number>} exit code
 */
async function main() {
  const setUp = await runNode(["build/setup/setup.mjs", "--tests"], process.env, 20);
  if (setUp !== 0) {
    printSummary({
      ...noResults,
      failed: [`set-up: ended with ${typeof setUp === "number" ? `exit code ${setUp}` : setUp}`],
    });
    return setUp === 3 ? 3 : 1;
  }
  const mark = `XDPW_TEST_RUN=${randomUUID()}`;
  const env = environment(mark);
  if (Buffer.byteLength(root) > 60) {
    console.log(`the path of this clone is long (${root}): tests of unix sockets may fail, which hold 108 bytes`);
  }
  const before = takeInventory();

  console.log("\n=== check");
  const checks = await runChecks();
  /** @type {Results[]} */
  const results = [
    {
      passed: checks.filter(({ passed }) => passed).length,
      failed: checks.filter(({ passed }) => !passed).map(({ name }) => `check: ${name}`),
      skipped: [],
    },
  ];
  for (const part of parts) results.push(await runPart(part, env));

  console.log("\n=== leftovers");
  const leaks = await awaitNoLeaks(before, { mark, root });
  results.push({
    passed: leaks.length === 0 ? 1 : 0,
    failed: leaks.map((leak) => `left behind: ${leak}`),
    skipped: [],
  });
  console.log(leaks.length === 0 ? "nothing is left behind" : leaks.join("\n"));
  rmSync(join(root, ".cache/tmp"), { recursive: true, force: true });

  const sum = sumResults(results);
  printSummary(sum);
  return sum.failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
