/**
 * `npm run check`: types, lint (layers, promises, cycles), format, dead code, contract snapshot. All parts run, side by
 * side, whatever the others say; exit 1 if any of them failed.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** @typedef {{ readonly name: string, readonly passed: boolean, readonly output: string, readonly seconds: number }} Check */

/** @type {readonly { readonly name: string, readonly command: readonly string[] }[]} */
const checks = [
  { name: "types", command: ["tsc", "--build", "--pretty", "false"] },
  { name: "lint", command: ["oxlint", "--type-aware", "--deny-warnings", "--format", "unix"] },
  { name: "format", command: ["biome", "format", "--max-diagnostics", "20"] },
  { name: "dead code", command: ["knip", "--no-progress", "--no-config-hints"] },
  { name: "contract snapshot", command: [process.execPath, "build/contract.mjs", "--check"] },
];

/**
 * @param {{ readonly name: string, readonly command: readonly string[] }} check
 * @returns {Promise<Check>}
 */
async function runCheck({ name, command: [file = "", ...args] }) {
  const started = performance.now();
  const path = `${join(root, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`;
  const child = spawn(file, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PATH: path, NO_COLOR: "1", FORCE_COLOR: "0" },
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    output += chunk;
  });
  const passed = await new Promise((resolve) => {
    child.on("error", (error) => {
      output += error.message;
      resolve(false);
    });
    child.on("close", (code) => resolve(code === 0));
  });
  return { name, passed, output: output.trim(), seconds: (performance.now() - started) / 1000 };
}

/**
 * Runs all checks and prints what they say.
 * @returns {Promise<readonly Check[]>}
 */
async function runChecks() {
  const results = await Promise.all(checks.map(runCheck));
  for (const { name, passed, output } of results) {
    if (!passed) console.log(`--- ${name}\n${output}\n`);
  }
  for (const { name, passed, seconds } of results) {
    console.log(`${passed ? "ok    " : "FAILED"} ${name} (${seconds.toFixed(1)} s)`);
  }
  return results;
}

const results = await runChecks();
const failed = results.filter(({ passed }) => !passed).map(({ name }) => `check: ${name}`);
const report = process.env["XDPW_TEST_RESULTS"];
if (report !== undefined) {
  writeFileSync(report, JSON.stringify({ passed: results.length - failed.length, failed, skipped: [] }));
}
process.exitCode = failed.length === 0 ? 0 : 1;
