import { findCommand, thisSystem } from "./setup/probe.mjs";

const names = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "microsoft-edge",
  "microsoft-edge-stable",
  "brave-browser",
];

/**
 * @returns {string | undefined} where a browser of the Chromium family is
 */
export function findChromium() {
  const system = thisSystem(process.env["PATH"]);
  for (const name of names) {
    const found = findCommand(system, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
