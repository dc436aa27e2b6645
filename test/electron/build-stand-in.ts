/** Bundles the stand-in for Electron into a folder; gives its launcher. */
import { join } from "node:path";
import { build } from "esbuild";

const source = join(import.meta.dirname, "stand-in");

/** @returns the launcher's path: `node LAUNCHER APPLICATION` does what `electron APPLICATION` does */
export async function buildStandIn(folder: string): Promise<string> {
  await build({
    entryPoints: [join(source, "electron.ts"), join(source, "launcher.ts")],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // both share one application
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: "inline",
    logLevel: "error",
  });
  return join(folder, "launcher.mjs");
}
