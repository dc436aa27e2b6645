/** @typedef {import("./stamps.mjs").Target} Target */

/** Where the addon is; build/native.mjs writes it there. */
export const addonFile = "dist/native/xdpw.node";

/** @type {Target} */
export const native = {
  name: "native",
  inputs: ["helper/native", "build/native.mjs"],
  outputs: [addonFile],
};

/** @type {Target} */
export const bundles = {
  name: "bundles",
  inputs: ["protocol", "main", "helper", "data", "build/bundle.mjs", "build/counters.mjs", "package-lock.json"],
  outputs: [
    "dist/main/serve.js",
    "dist/main/cli.js",
    "dist/main/rows-worker.js",
    "dist/main/file-worker.js",
    "dist/main/electron.js",
    "dist/main/preload.cjs",
    "dist/helper/helper.js",
    "dist/helper/guard.js",
  ],
};

/** @type {Target} */
export const renderer = {
  name: "renderer",
  inputs: ["protocol", "renderer", "vite.config.ts", "package-lock.json"],
  outputs: ["dist/renderer/index.html"],
};
