import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * @param {string} url import.meta.url of the asking module
 * @returns {boolean} whether that module is what Node was started with; symbolic links in the path do not matter
 */
export function isEntry(url) {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === realpathSync(fileURLToPath(url));
}
