/** `npm run bench`: sets up, then bundles bench/bench.ts and runs it in a process of its own. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root, setUp } from "./setup/setup.mjs";

const ready = await setUp({ tests: true });
if (ready === 0) {
  const { build } = await import("esbuild");
  const outfile = join(root, ".cache/bench/bench.mjs");
  await build({
    absWorkingDir: root,
    entryPoints: ["bench/bench.ts"],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "esm",
    sourcemap: true,
    logLevel: "warning",
  });
  const { status } = spawnSync(process.execPath, ["--enable-source-maps", outfile, ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
} else {
  process.exitCode = ready;
}
