/**
 * Bundles what runs in Node into dist/: one file a process, nothing of node_modules needed when it runs.
 * `node build/bundle.mjs [serve] [cli] [electron] [preload] [rows-worker] [file-worker] [helper] [guard] [renderer]`; without names, all.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildCounters } from "./counters.mjs";
import { isEntry } from "./setup/entry.mjs";

/**
 * @typedef {"serve" | "cli" | "electron" | "preload" | "rows-worker" | "file-worker" | "helper" | "guard"} BundleName
 * @type {Readonly<Record<BundleName, { readonly from: string, readonly to: string }>>}
 */
const entries = {
  serve: { from: "main/doors/serve.ts", to: "dist/main/serve.js" },
  cli: { from: "main/doors/cli.ts", to: "dist/main/cli.js" },
  electron: { from: "main/doors/electron.ts", to: "dist/main/electron.js" },
  // a sandboxed preload script must be CommonJS
  preload: { from: "main/doors/preload.ts", to: "dist/main/preload.cjs" },
  "rows-worker": { from: "main/rows/rows-worker.ts", to: "dist/main/rows-worker.js" },
  "file-worker": { from: "main/maps/transfer/threads/file-worker.ts", to: "dist/main/file-worker.js" },
  helper: { from: "helper/helper.ts", to: "dist/helper/helper.js" },
  guard: { from: "helper/guard/guard.ts", to: "dist/helper/guard.js" },
};
const names = /** @type {readonly BundleName[]} */ (Object.keys(entries));

/** CommonJS packages inside an ECMAScript bundle call `require` for Node's own modules. */
const requireForPackages = [
  'import { createRequire as createRequireOfBundle } from "node:module";',
  "globalThis.require ??= createRequireOfBundle(import.meta.url);",
].join("\n");

/**
 * @param {string} root
 * @param {readonly BundleName[]} which
 */
export async function bundle(root, which = names) {
  await bundleFiles(
    root,
    which.map((name) => entries[name]),
  );
  if (which.includes("helper")) await buildCounters(root);
}

/**
 * @param {string} root
 * @param {readonly { readonly from: string, readonly to: string }[]} files
 */
export async function bundleFiles(root, files) {
  const { build, stop } = await import("esbuild");
  await Promise.all(
    files.map(({ from, to }) => {
      const isModule = to.endsWith(".js");
      return build({
        absWorkingDir: root,
        entryPoints: [from],
        outfile: to,
        bundle: true,
        platform: "node",
        target: "node20",
        format: isModule ? "esm" : "cjs",
        // packages that offer both are taken as modules: they are smaller after bundling
        mainFields: ["module", "main"],
        sourcemap: true,
        // ws looks for these two and does without
        external: ["electron", "*.node", "bufferutil", "utf-8-validate"],
        banner: isModule ? { js: requireForPackages } : {},
        define: { "process.env.NODE_ENV": '"production"' },
        // errors are in what it throws
        logLevel: "silent",
      });
    }),
  );
  // its service would stay for as long as we do, and npm start does as long as the workbench
  await stop();
}

/**
 * @param {string} root
 */
export async function bundleRenderer(root) {
  const { build } = await import("vite");
  await build({ configFile: join(root, "vite.config.ts"), logLevel: "warn" });
}

if (isEntry(import.meta.url)) {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..");
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => name !== "renderer" && !names.some((known) => known === name));
  if (unknown.length > 0) {
    console.error(`bundle: unknown name ${unknown.join(" ")}; there are ${[...names, "renderer"].join(", ")}`);
    process.exitCode = 2;
  } else {
    const which = names.filter((name) => asked.length === 0 || asked.includes(name));
    if (which.length > 0) await bundle(root, which);
    if (asked.length === 0 || asked.includes("renderer")) await bundleRenderer(root);
  }
}
