import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @param {string} root
 */
function stampFile(root) {
  return join(root, "node_modules/.xdpw-lock");
}

/**
 * @param {string} root
 */
function lockKey(root) {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

/**
 * @param {string} root
 * @returns {boolean} whether node_modules is missing or was installed from another lock file
 */
export function npmPackagesAreStale(root) {
  if (!existsSync(stampFile(root))) return true;
  return readFileSync(stampFile(root), "utf8") !== lockKey(root);
}

/**
 * Installs exactly what the lock file names. No install script runs: none of the packages needs its own here, and so
 * nothing is compiled or fetched from elsewhere.
 * @param {string} root
 * @returns {number} npm's exit code
 */
export function installNpmPackages(root) {
  const args = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
  // under `npm run` npm's own script is known by path: a PATH without npm is then no obstacle
  const npm = process.env["npm_execpath"];
  const [file, before] = npm?.endsWith(".js") === true ? [process.execPath, [npm]] : ["npm", []];
  const { status, error } = spawnSync(file, [...before, ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error !== undefined) {
    console.error(`start npm: ${error.message}; it comes with Node`);
    return 3;
  }
  if (status === 0) writeFileSync(stampFile(root), lockKey(root));
  return status ?? 1;
}
