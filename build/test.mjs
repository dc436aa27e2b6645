/**
 * `npm test`: sets up, then runs every test there is and ends on one line, `N passed, N failed, N skipped`.
 * Tests wait more than they compute, so two lanes run beside each other.
 * Exit 0 when nothing failed, 3 when the set-up could not provide what the tests need, else 1.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { takeInventory } from "./inventory.mjs";
import { awaitNoLeaks } from "./leaks.mjs";
import { removeOrphans } from "./orphans.mjs";
import { withSystemDirectories } from "./setup/probe.mjs";
import { judgePart, noResults, readPlaywrightReport, summaryLine, sumResults } from "./test-results.mjs";

/** @typedef {import("./test-results.mjs").Results} Results */

/**
 * @typedef {{
 *   readonly name: string,
 *   readonly args: readonly string[],
 *   readonly minutes: number,
 *   readonly read: (report: string) => Results,
 *   readonly env?: Readonly<Record<string, string>>,
 *   readonly after?: Part,
 * }} Part
 *   args: of Node; minutes: after which the part is ended and has failed; after: of the other lane, it waits for that
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

/** @type {Part} */
const checks = { name: "check", args: ["build/check.mjs"], minutes: 5, read: JSON.parse };
/** @type {Part} */
const unit = { name: "unit", args: [...vitest, "unit"], minutes: 20, read: JSON.parse };
/** @type {Part} */
const kernel = { name: "kernel", args: [...vitest, "kernel"], minutes: 20, read: JSON.parse };
/** @type {Part} a download and a build of a kernel module among it, the first time */
const guest = { name: "guest", args: [...vitest, "guest"], minutes: 12, read: JSON.parse };
const playwright = ["node_modules/@playwright/test/cli.js", "test", "--retries=1", "--reporter=list,json"];
/** @type {Part} */
const endToEnd = {
  name: "end to end",
  args: playwright,
  minutes: 20,
  read: (report) => readPlaywrightReport(JSON.parse(report)),
  env: { XDPW_E2E_PART: "attach" },
};
/** @type {Part} they attach nothing, but load programs for a verdict: kernel tests may take those for their own */
const endToEndBeside = {
  name: "end to end without attaching",
  args: [...playwright, "--project=browser"],
  minutes: 12,
  read: (report) => readPlaywrightReport(JSON.parse(report)),
  env: { XDPW_E2E_PART: "attach nothing" },
  after: kernel,
};
/** @type {Part} */
const layout = { name: "package layout", args: ["build/dist.mjs", "--layout"], minutes: 4, read: JSON.parse };

/** They attach programs on this machine's kernel, and would see each other's. */
const onThisKernel = [kernel, endToEnd];
/** These attach none. */
const besideIt = [checks, unit, guest, layout, endToEndBeside];

/** by Ctrl-C or SIGTERM: what runs is ended, nothing else is begun */
let interrupted = false;

/**
 * The environment of a lane: all that a test writes stays inside the tree, and its processes can be known.
 * @param {string} mark
 * @param {"" | "2"} lane its folders differ by it: short, for unix sockets lie in them
 */
function environment(mark, lane) {
  const [tmp = "", home = "", runtime = ""] = ["tmp", "home", "run"].map((name) => join(root, ".cache", name + lane));
  // what earlier runs left would make a test depend on them
  for (const directory of [tmp, home, runtime]) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }
  // tests that run as another user go through it
  chmodSync(tmp, 0o711);
  const [name = "", value = ""] = mark.split("=");
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, NODE_OPTIONS: _options, ...inherited } = process.env;
  return {
    ...inherited,
    PATH: withSystemDirectories(process.env["PATH"]),
    HOME: home,
    TMPDIR: tmp,
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_CACHE_HOME: join(home, ".cache"),
    XDG_DATA_HOME: join(home, ".local/share"),
    XDG_STATE_HOME: join(home, ".local/state"),
    XDG_RUNTIME_DIR: runtime,
    [name]: value,
  };
}

/**
 * What runs beside takes what the other leaves: there are tests of moments and deadlines there.
 * @param {number} pid of a session of its own
 */
function giveWay(pid) {
  try {
    setPriority(pid, 10);
    // where the kernel shares the processor among sessions first: sched(7)
    writeFileSync(`/proc/${pid}/autogroup`, "10");
  } catch {
    // it has ended, or this kernel has no such thing
  }
}

/**
 * @param {readonly string[]} args of Node
 * @param {NodeJS.ProcessEnv} env
 * @param {number} minutes
 * @param {(text: string) => void} [hear] takes what it prints, and it gives way; without, it prints for itself
 * @returns {Promise<number | string>} exit code, or why there is none
 */
async function runNode(args, env, minutes, hear) {
  // a group of its own, so that an overlong part is ended with all that it started
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: hear === undefined ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
    detached: true,
  });
  if (hear !== undefined && child.pid !== undefined) giveWay(child.pid);
  for (const output of [child.stdout, child.stderr]) output?.setEncoding("utf8").on("data", hear ?? (() => undefined));
  const end = (/** @type {NodeJS.Signals} */ signal) => {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  };
  const interrupt = () => {
    interrupted = true;
    end("SIGINT");
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  let overlong = false;
  const timer = globalThis.setTimeout(() => {
    overlong = true;
    end("SIGKILL");
  }, minutes * 60_000);
  try {
    return await new Promise((resolve) => {
      child.on("error", (error) => resolve(error.message));
      child.on("exit", (code, signal) => {
        const how = overlong ? `ended after ${minutes} minutes` : (code ?? `ended by ${signal}`);
        // what is on its way is waited for, but not for a process that was left behind and holds the pipe
        const said = hear === undefined ? [] : [once(child, "close"), setTimeout(2000)];
        resolve(said.length === 0 ? how : Promise.race(said).then(() => how));
      });
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
 * @param {((text: string) => void) | undefined} hear takes what is printed, once it has ended; otherwise it prints as it goes
 * @returns {Promise<Results>}
 */
async function runPart({ name, args, minutes, read, env: own }, env, hear) {
  if (interrupted) return { ...noResults, failed: [`${name}: not begun, the run was interrupted`] };
  let heard = `\n=== ${name}\n`;
  if (hear === undefined) process.stdout.write(heard);
  const started = performance.now();
  const report = join(reports, `${name.replaceAll(" ", "-")}.json`);
  const exit = await runNode(
    args,
    { ...env, ...own, XDPW_TEST_RESULTS: report, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    minutes,
    hear && ((text) => (heard += text)),
  );
  /** @type {Results | undefined} */
  let results;
  try {
    results = read(readFileSync(report, "utf8"));
  } catch {
    // no report, or half of one: the part is judged by that
  }
  const judged = judgePart(name, exit, results);
  const ending = `--- ${name}: ${summaryLine(judged)} (${secondsSince(started)} s)\n`;
  if (hear === undefined) process.stdout.write(ending);
  else hear(heard + ending);
  return judged;
}

/**
 * @param {number} started
 */
function secondsSince(started) {
  return ((performance.now() - started) / 1000).toFixed(0);
}

/**
 * Both lanes at a time. The first tells as it goes; what a part of the second said stands whole between two parts of it.
 * @param {string} mark
 * @returns {Promise<readonly Results[]>}
 */
async function runLanes(mark) {
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  /** @type {string[]} */
  const held = [];
  const release = () => process.stdout.write(held.splice(0).join(""));
  let alone = false;
  const ends = new EventEmitter();
  const ended = new Map(onThisKernel.map((part) => [part, once(ends, part.name)]));
  const beside = (async () => {
    const env = environment(mark, "2");
    /** @type {Results[]} */
    const results = [];
    for (const part of besideIt) {
      if (part.after !== undefined) await ended.get(part.after);
      results.push(
        await runPart(part, env, (text) => {
          held.push(text);
          if (alone) release();
        }),
      );
    }
    return results;
  })();
  const env = environment(mark, "");
  /** @type {Results[]} */
  const results = [];
  for (const part of onThisKernel) {
    results.push(await runPart(part, env, undefined));
    ends.emit(part.name);
    release();
  }
  alone = true;
  return [...(await beside), ...results];
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

/** Runs that were killed left it, this one as well where it was. */
function sweep() {
  const removed = removeOrphans(takeInventory());
  if (removed.length > 0) console.log(`\nremoved what a killed test run left:\n${removed.join("\n")}`);
}

/**
 * @returns {Promise<number>} exit code
 */
async function main() {
  const started = performance.now();
  const setUp = await runNode(["build/setup/setup.mjs", "--tests"], process.env, 20);
  if (setUp !== 0) {
    printSummary({
      ...noResults,
      failed: [`set-up: ended with ${typeof setUp === "number" ? `exit code ${setUp}` : setUp}`],
    });
    return setUp === 3 ? 3 : 1;
  }
  console.log(`--- set-up (${secondsSince(started)} s)`);
  const mark = `XDPW_TEST_RUN=${randomUUID()}`;
  if (Buffer.byteLength(root) > 59) {
    console.log(`the path of this clone is long (${root}): tests of unix sockets may fail, which hold 108 bytes`);
  }
  sweep();
  const before = takeInventory();

  const results = [...(await runLanes(mark))];

  if (interrupted) sweep();
  console.log("\n=== leftovers");
  const leaks = await awaitNoLeaks(before, { mark, root });
  results.push({
    passed: leaks.length === 0 ? 1 : 0,
    failed: leaks.map((leak) => `left behind: ${leak}`),
    skipped: [],
  });
  console.log(leaks.length === 0 ? "nothing is left behind" : leaks.join("\n"));
  for (const tmp of ["tmp", "tmp2"]) rmSync(join(root, ".cache", tmp), { recursive: true, force: true });

  console.log(`\nall of it took ${secondsSince(started)} s`);
  const sum = sumResults(results);
  printSummary(sum);
  return sum.failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
