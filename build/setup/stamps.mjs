import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/**
 * A thing that is built from files of the tree. Whether it is stale is decided by content; times and sizes of files
 * are only a short cut to "nothing was touched".
 * @typedef {{
 *   readonly name: string,
 *   readonly inputs: readonly string[],
 *   readonly outputs: readonly string[],
 * }} Target
 *   inputs: files and folders relative to the root, missing ones count as empty; outputs: files that must be there
 *
 * @typedef {{ readonly touched: string, readonly content: string }} Stamp
 */

/**
 * @param {string} path
 * @returns {readonly string[]} all files beneath, sorted; the path itself where it is a file; nothing where it is missing
 */
function filesBeneath(path) {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (!stat.isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name !== "node_modules" && name !== ".cache")
    .sort()
    .flatMap((name) => filesBeneath(join(path, name)));
}

/**
 * @param {string} root
 * @param {Target} target
 */
function inputFiles(root, target) {
  return target.inputs.flatMap((input) => filesBeneath(join(root, input)));
}

/**
 * @param {string} root
 * @param {readonly string[]} files
 */
function touchedKey(root, files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const { size, mtimeMs, ctimeMs, ino } = lstatSync(file);
    hash.update(`${relative(root, file)}\0${size}\0${mtimeMs}\0${ctimeMs}\0${ino}\n`);
  }
  return hash.digest("hex");
}

/**
 * @param {string} root
 * @param {readonly string[]} files
 */
function contentKey(root, files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const bytes = readFileSync(file);
    hash.update(`${relative(root, file)}\0${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

/**
 * @param {string} root
 * @param {string} name
 */
function stampFile(root, name) {
  return join(root, ".cache/stamps", `${name}.json`);
}

/**
 * @param {string} root
 * @param {string} name
 * @returns {Stamp | undefined}
 */
function readStamp(root, name) {
  try {
    return JSON.parse(readFileSync(stampFile(root, name), "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} root
 * @param {string} name
 * @param {Stamp} stamp
 */
function writeStamp(root, name, stamp) {
  const file = stampFile(root, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(stamp));
}

/**
 * @param {string} root
 * @param {Target} target
 * @returns {boolean} whether the target has to be built
 */
export function isStale(root, target) {
  if (!target.outputs.every((output) => existsSync(join(root, output)))) return true;
  const stamp = readStamp(root, target.name);
  if (stamp === undefined) return true;
  const files = inputFiles(root, target);
  const touched = touchedKey(root, files);
  if (stamp.touched === touched) return false;
  const content = contentKey(root, files);
  if (stamp.content !== content) return true;
  try {
    writeStamp(root, target.name, { touched, content });
  } catch {
    // a tree that another user owns is still fresh: the short cut is all that is lost
  }
  return false;
}

/**
 * Builds a target and remembers what it was built from. The inputs are read before the build, so that an edit during
 * it leaves the target stale.
 * @param {string} root
 * @param {Target} target
 * @param {() => Promise<unknown>} build
 */
export async function buildTarget(root, target, build) {
  const files = inputFiles(root, target);
  const stamp = { touched: touchedKey(root, files), content: contentKey(root, files) };
  await build();
  writeStamp(root, target.name, stamp);
}
