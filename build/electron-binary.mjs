import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const day = 24 * 3600 * 1000;
/** A download that does not grow for so long is given up; a slow one that grows is not. */
const stalledAfter = 15_000;

/**
 * Finds Electron's binary, or fetches it as Electron's npm package does on its first launch.
 * @param {string} root
 * @param {(text: string) => void} say
 * @returns {Promise<{ readonly file: string, readonly why: string } | { readonly why: string }>}
 */
export async function provideElectron(root, say) {
  const binary = join(root, "node_modules/electron/dist/electron");
  if (existsSync(binary)) return { file: binary, why: "its binary is installed" };
  const failure = join(root, ".cache/electron-failure.json");
  const earlier = readFailure(failure);
  if (earlier !== undefined) return { why: `Electron could not be fetched earlier today (${earlier})` };
  if (["1", "true", "yes"].includes(process.env["XDPW_NO_INSTALL"] ?? "")) {
    return { why: "Electron's binary is not installed, and XDPW_NO_INSTALL is set" };
  }
  say("fetching Electron's binary, about 120 MB, once");
  const reason = await fetchBinary(root);
  if (reason === undefined && existsSync(binary)) return { file: binary, why: "its binary was fetched" };
  mkdirSync(join(root, ".cache"), { recursive: true });
  writeFileSync(failure, JSON.stringify({ at: Date.now(), reason }));
  return { why: `Electron could not be fetched (${reason ?? "its binary did not appear"}); the next try is tomorrow` };
}

/**
 * @param {string} file
 * @returns {string | undefined} the reason of a failure within the last day
 */
function readFailure(file) {
  try {
    const { at, reason } = JSON.parse(readFileSync(file, "utf8"));
    return Date.now() - at < day ? String(reason) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} root
 * @returns {Promise<string | undefined>} why it failed
 */
async function fetchBinary(root) {
  // the download grows in a directory of its own, which tells whether it moves on
  const temporary = join(root, ".cache/electron-fetch");
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const child = spawn(process.execPath, [join(root, "node_modules/electron/install.js")], {
    cwd: root,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  child.stderr.on("data", (chunk) => {
    text += chunk;
  });
  let size = -1;
  let grewAt = performance.now();
  let stalled = false;
  const watch = setInterval(() => {
    const now = sizeBeneath(temporary) + sizeBeneath(join(root, "node_modules/electron/dist"));
    if (now > size) {
      size = now;
      grewAt = performance.now();
    } else if (performance.now() - grewAt > stalledAfter) {
      stalled = true;
      child.kill("SIGKILL");
    }
  }, 500);
  try {
    return await new Promise((resolve) => {
      child.on("error", (error) => resolve(error.message));
      child.on("close", (code) => {
        if (code === 0) resolve(undefined);
        else if (stalled) resolve(`nothing arrived for ${stalledAfter / 1000} s`);
        else resolve(/^.*error.*$/im.exec(text)?.[0].trim() ?? `exit code ${code}`);
      });
    });
  } finally {
    clearInterval(watch);
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * @param {string} directory
 * @returns {number} bytes
 */
function sizeBeneath(directory) {
  try {
    return readdirSync(directory, { recursive: true }).reduce(
      (sum, name) => sum + (statSync(join(directory, String(name)), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  } catch {
    return 0;
  }
}
