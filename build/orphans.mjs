/** What test runs made that were killed before they could remove it: names tell that it is a test's. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";

/** @typedef {import("./inventory.mjs").Inventory} Inventory */
/** @typedef {{ readonly namespaces: readonly string[], readonly pins: readonly string[] }} Orphans names; paths */

/**
 * @param {Pick<Inventory, "things" | "processes">} inventory
 * @returns {Orphans} nothing while tests run somewhere on the machine, whose it could be
 */
export function findOrphans({ things, processes }) {
  if (processes.some(({ command }) => command.includes("vitest"))) return { namespaces: [], pins: [] };
  const named = (/** @type {string} */ kind) =>
    things.flatMap(({ key }) => (key.startsWith(`${kind} `) ? [key.slice(kind.length + 1)] : []));
  return {
    namespaces: named("netns").filter((name) => name.startsWith("xdpwt")),
    pins: named("pin").filter((path) => path.includes("/xdpwt")),
  };
}

/**
 * @param {Inventory} inventory
 * @returns {readonly string[]} what was removed
 */
export function removeOrphans(inventory) {
  const { namespaces, pins } = findOrphans(inventory);
  for (const name of namespaces) spawnSync("ip", ["netns", "del", name]);
  for (const path of pins) rmSync(path, { recursive: true, force: true });
  return [...namespaces.map((name) => `network namespace ${name}`), ...pins.map((path) => `pin ${path}`)];
}
