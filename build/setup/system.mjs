import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { choosePackages, describeMissing, installCommand, refreshCommand } from "./plan.mjs";
import { findCommand, findManager, findMissing } from "./probe.mjs";

/** @typedef {import("./probe.mjs").System} System */
/** @typedef {import("./requirements.mjs").Requirement} Requirement */
/** @typedef {import("./requirements.mjs").Manager} Manager */

/**
 * Runs a command with the user's terminal.
 * @typedef {(command: readonly string[]) => number} Run
 */

/**
 * triedComfort: what is only comfort was tried lately, and is not tried again by itself.
 *
 * Everything that installing touches beyond looking, so that a test can put a made-up machine in its place.
 * @typedef {{
 *   readonly system: System,
 *   readonly requirements: readonly Requirement[],
 *   readonly mayInstall: boolean,
 *   readonly triedComfort?: boolean,
 *   readonly isRoot: boolean,
 *   readonly hasTerminal: boolean,
 *   readonly run: Run,
 *   readonly isKnown: (manager: Manager, name: string) => boolean,
 *   readonly listsAreOld: (manager: Manager) => boolean,
 *   readonly say: (text: string) => void,
 * }} Machine
 */

const cannot = 3;

/**
 * Brings the system to what the requirements ask for, naming everything before it is installed.
 * @param {Machine} machine
 * @returns {number} 0 when all is there; 3 when something is missing and was not installed
 */
export function provideSystem(machine) {
  const { system, requirements, say } = machine;
  const missing = findMissing(system, requirements);
  if (missing.length === 0) return 0;
  if (missing.every(isComfort)) {
    provideComfort(machine, missing);
    return 0;
  }
  say(`missing on this system:\n${describeMissing(missing)}`);

  const manager = findManager(system);
  if (manager === undefined) {
    say(
      "no package manager that is known here (apt, dnf, zypper, pacman): install the above by hand, then run this again",
    );
    return cannot;
  }

  if (!machine.mayInstall) {
    const packages = choosePackages(missing, manager, (name) => machine.isKnown(manager, name));
    say(
      `XDPW_NO_INSTALL is set, so nothing is installed. To install by hand:\n  ${byHand(machine, installCommand(manager, packages))}`,
    );
    return cannot;
  }

  const elevate = elevation(machine);
  const refresh = refreshCommand(manager);
  const listsAreOld = refresh !== undefined && machine.listsAreOld(manager);
  const refreshLists = () => {
    if (refresh === undefined || elevate === undefined) return;
    say(`renewing the package lists: ${[...elevate, ...refresh].join(" ")}`);
    machine.run([...elevate, ...refresh]);
  };
  if (listsAreOld) refreshLists();

  const packages = choosePackages(missing, manager, (name) => machine.isKnown(manager, name));
  const install = installCommand(manager, packages);
  if (elevate === undefined) {
    say(`sudo is missing or was refused. Run this by hand, then start again:\n  ${byHand(machine, install)}`);
    return cannot;
  }
  say(`installing with ${manager}: ${packages.join(" ")}`);
  let code = machine.run([...elevate, ...install]);
  if (code !== 0 && refresh !== undefined && !listsAreOld) {
    refreshLists();
    code = machine.run([...elevate, ...install]);
  }
  if (code !== 0 && missing.some(isComfort)) {
    const needed = missing.filter((one) => !isComfort(one));
    const fewer = choosePackages(needed, manager, (name) => machine.isKnown(manager, name));
    say(`without what is only comfort: ${fewer.join(" ")}`);
    code = machine.run([...elevate, ...installCommand(manager, fewer)]);
  }
  const still = findMissing(system, requirements).filter((one) => code !== 0 || !isComfort(one));
  if (code === 0 && still.length === 0) return 0;
  if (code !== 0) say(`${manager} ended with exit code ${code}`);
  if (still.length > 0) say(`still missing:\n${describeMissing(still)}`);
  say(`Install by hand, then start again:\n  ${byHand(machine, install)}`);
  return cannot;
}

/**
 * @param {Requirement} requirement
 */
function isComfort({ comfort }) {
  return comfort === true;
}

/**
 * Nothing here keeps the workbench from starting, so nobody is asked for a password for it.
 * @param {Machine} machine
 * @param {readonly Requirement[]} missing
 */
function provideComfort(machine, missing) {
  const { system, say, isRoot, mayInstall } = machine;
  const manager = findManager(system);
  const packages =
    manager === undefined ? [] : choosePackages(missing, manager, (name) => machine.isKnown(manager, name));
  const install = manager === undefined ? [] : installCommand(manager, packages);
  if (manager !== undefined && mayInstall && isRoot && machine.triedComfort !== true) {
    say(
      `missing, and not needed to start:\n${describeMissing(missing)}\ninstalling with ${manager}: ${packages.join(" ")}`,
    );
    if (machine.run(install) === 0 && findMissing(system, missing).length === 0) return;
  }
  const how = manager === undefined ? "" : `\nto install it: ${byHand(machine, install)}`;
  say(`going on without what is not installed:\n${describeMissing(findMissing(system, missing))}${how}`);
}

/**
 * @param {Machine} machine
 * @returns {readonly string[] | undefined} what goes before a command so that it runs as root; undefined where nothing does
 */
function elevation({ isRoot, hasTerminal, system, run }) {
  if (isRoot) return [];
  if (findCommand(system, "sudo") === undefined) return undefined;
  const sudo = hasTerminal ? ["sudo"] : ["sudo", "-n"];
  return run([...sudo, "-v"]) === 0 ? sudo : undefined;
}

/**
 * @param {Machine} machine
 * @param {readonly string[]} command
 */
function byHand({ isRoot }, command) {
  return [...(isRoot ? [] : ["sudo"]), ...command].join(" ");
}

/** @type {Run} */
export function runOnTerminal([file, ...args]) {
  if (file === undefined) return cannot;
  const { status } = spawnSync(file, args, { stdio: ["inherit", "inherit", "inherit"] });
  return status ?? 1;
}

/**
 * @param {Manager} manager
 * @param {string} name
 * @returns {boolean}
 */
export function isKnownPackage(manager, name) {
  /** @type {Readonly<Record<Manager, readonly string[]>>} */
  const queries = {
    apt: ["apt-cache", "policy", name],
    dnf: ["dnf", "--quiet", "info", name],
    zypper: ["zypper", "--non-interactive", "--quiet", "search", "--match-exact", name],
    pacman: ["pacman", "-Si", name],
  };
  const [file, ...args] = queries[manager];
  const { status, stdout } = spawnSync(file ?? "", args, { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
  if (manager === "apt") return /Candidate: (?!\(none\))/.test(stdout ?? "");
  return status === 0;
}

/**
 * Whether apt has no package lists, or lists older than a week, which name files that mirrors no longer have.
 * @param {Manager} manager
 */
export function packageListsAreOld(manager) {
  if (manager !== "apt") return false;
  const week = 7 * 24 * 3600 * 1000;
  try {
    const directory = "/var/lib/apt/lists";
    const lists = readdirSync(directory).filter((name) => /_Packages(\.[a-z0-9]+)?$/.test(name));
    // apt keeps a list's time from the mirror: the directory's own time tells when it was last asked
    return lists.length === 0 || Date.now() - statSync(directory).mtimeMs > week;
  } catch {
    return true;
  }
}
