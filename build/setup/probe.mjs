import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** @typedef {import("./requirements.mjs").Requirement} Requirement */
/** @typedef {import("./requirements.mjs").Manager} Manager */

/**
 * Where to look. `root` stands before every absolute path, so that a made-up system can be examined.
 * @typedef {{ readonly root: string, readonly path: readonly string[] }} System
 */

/** A normal user's PATH on Debian lacks the sbin directories, where ip, ethtool and bpftool live. */
const systemDirectories = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/**
 * @param {string | undefined} path the PATH of the environment
 * @returns {string} the same with the system's directories behind
 */
export function withSystemDirectories(path) {
  const own = (path ?? "").split(delimiter).filter((directory) => directory !== "");
  return [...own, ...systemDirectories.filter((directory) => !own.includes(directory))].join(delimiter);
}

/**
 * @param {string | undefined} path the PATH of the environment
 * @returns {System}
 */
export function thisSystem(path) {
  return { root: "/", path: withSystemDirectories(path).split(delimiter) };
}

/**
 * @param {System} system
 * @param {string} command
 * @returns {string | undefined} where the command is
 */
export function findCommand(system, command) {
  for (const directory of system.path) {
    const file = join(directory, command);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // not here: the next directory may have it
    }
  }
  return undefined;
}

/**
 * @param {System} system
 * @returns {readonly string[]} the directories where a compiler of this system finds headers, multiarch ones included
 */
function includeDirectories(system) {
  const usual = join(system.root, "/usr/include");
  const directories = [join(system.root, "/usr/local/include"), usual];
  try {
    for (const entry of readdirSync(usual)) {
      if (/^[a-z0-9_]+-linux-gnu[a-z0-9]*$/.test(entry)) directories.push(join(usual, entry));
    }
  } catch {
    // no headers at all
  }
  return directories;
}

/**
 * @param {System} system
 * @param {readonly Requirement[]} requirements
 * @returns {readonly Requirement[]} those that this system does not meet
 */
export function findMissing(system, requirements) {
  const includes = includeDirectories(system);
  return requirements.filter(({ probe }) => {
    if ("commands" in probe) return !probe.commands.some((command) => findCommand(system, command) !== undefined);
    if ("files" in probe) return !probe.files.some((file) => existsSync(join(system.root, file)));
    return !probe.headers.every((header) => includes.some((directory) => existsSync(join(directory, header))));
  });
}

/** @type {readonly (readonly [string, Manager])[]} */
const managers = [
  ["apt-get", "apt"],
  ["dnf", "dnf"],
  ["zypper", "zypper"],
  ["pacman", "pacman"],
];

/**
 * @param {System} system
 * @returns {Manager | undefined}
 */
export function findManager(system) {
  return managers.find(([command]) => findCommand(system, command) !== undefined)?.[1];
}
