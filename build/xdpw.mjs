/** What ./xdpw runs in a checkout: the command-line bundle, unless the sources have moved on since it was built. */
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { refuseNode } from "./setup/node-version.mjs";
import { isStale } from "./setup/stamps.mjs";
import { bundles, native } from "./setup/targets.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const refusal =
  refuseNode(process.versions.node) ??
  (isStale(root, native) || isStale(root, bundles)
    ? "the build is missing or older than the sources; run `npm run setup` first"
    : undefined);
if (refusal === undefined) {
  await import(pathToFileURL(join(root, "dist/main/cli.js")).href);
} else {
  process.stderr.write(`xdpw: start: ${refusal}\n`);
  process.exitCode = 3;
}
