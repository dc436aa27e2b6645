/** After the tests nothing may be left that was not there before: what is, is named, and fails the run. */
import { setTimeout } from "node:timers/promises";
import { isMarked, socketsOf, takeInventory } from "./inventory.mjs";

/** @typedef {import("./inventory.mjs").Inventory} Inventory */
/** @typedef {import("./inventory.mjs").Process} Process */

/**
 * How the leftovers of this run are told from what else happens on the machine.
 * @typedef {{
 *   readonly self: number,
 *   readonly isOurs: (process: Process) => boolean,
 *   readonly socketsOf: (pid: number) => ReadonlySet<string>,
 *   readonly root: string,
 * }} Run
 */

/** Programs that a run starts and that clear their environment or are started by services: ours when orphaned. */
const startedByTests = /^(node|xdpw|chrom|clang|llc|dbus|polkit|pkexec|sudo|bwrap|tshark|dumpcap|bpftool|ip$)/;

/**
 * @param {Inventory} before
 * @param {Inventory} after
 * @param {Run} run
 * @returns {readonly string[]} each leftover by name, sorted
 */
export function findLeaks(before, after, run) {
  const known = new Set(before.things.map(({ key }) => key));
  const things = after.things.filter(({ key }) => !known.has(key)).map(({ text }) => text);

  const ancestors = ancestorsOf(run.self, after.processes);
  const knownProcesses = new Set(before.processes.map(processKey));
  const fresh = after.processes.filter(
    // a zombie holds nothing any more: whether it is reaped is up to its parent, and to PID 1 for orphans
    (process) => !knownProcesses.has(processKey(process)) && !ancestors.has(process.pid) && process.state !== "Z",
  );
  const ours = fresh.filter(
    (process) => run.isOurs(process) || (process.parent === 1 && startedByTests.test(process.name)),
  );
  const others = new Set(after.processes.filter((process) => !ours.includes(process)).map(({ pid }) => pid));

  const knownListeners = new Set(before.listeners.map(({ inode }) => inode));
  const newListeners = after.listeners.filter(({ inode }) => !knownListeners.has(inode));
  const heldByOthers =
    newListeners.length === 0 ? new Set() : new Set([...others].flatMap((pid) => [...run.socketsOf(pid)]));
  const listening = newListeners.filter(
    ({ inode, address }) => !heldByOthers.has(inode) || address.startsWith(run.root),
  );

  return [
    ...things,
    ...ours.map(({ pid, command }) => `process ${pid} ${command.slice(0, 200)}`),
    ...listening.map(({ family, address }) => `listening ${family} socket ${address}`),
  ].sort();
}

/**
 * @param {Process} process
 */
function processKey({ pid, started }) {
  return `${pid} ${started}`;
}

/**
 * @param {number} pid
 * @param {readonly Process[]} processes
 * @returns {ReadonlySet<number>} the process itself and those above it
 */
function ancestorsOf(pid, processes) {
  const parents = new Map(processes.map(({ pid: child, parent }) => [child, parent]));
  /** @type {Set<number>} */
  const found = new Set();
  for (let at = pid; at > 0 && !found.has(at); at = parents.get(at) ?? 0) found.add(at);
  return found;
}

/**
 * Looks until nothing is left, for programs, namespaces and processes vanish some time after their last use.
 * @param {Inventory} before
 * @param {{ readonly mark: string, readonly root: string, readonly patience?: number }} options patience: milliseconds
 * @returns {Promise<readonly string[]>} what is left, by name
 */
export async function awaitNoLeaks(before, { mark, root, patience = 20_000 }) {
  const deadline = performance.now() + patience;
  /** @type {Run} */
  const run = { self: process.pid, isOurs: (candidate) => isMarked(candidate, mark, root), socketsOf, root };
  for (;;) {
    const leaks = findLeaks(before, takeInventory(), run);
    if (leaks.length === 0 || performance.now() > deadline) return leaks;
    await setTimeout(100);
  }
}
