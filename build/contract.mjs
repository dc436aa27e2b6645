/**
 * The contract snapshot: protocol/contracts.json, generated from the schemas of protocol/contracts.ts, so that a change
 * of the wire shows in the diff. `node build/contract.mjs` writes it; with --check it fails where the file differs.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const snapshot = join(root, "protocol/contracts.json");

/** zod is bundled with the contracts, so that schemas and converter come from one copy. */
const generator = `
import { z } from "zod";
import * as guard from "./protocol/guard-process.ts";
import * as helper from "./protocol/helper-contracts.ts";
import * as window from "./protocol/contracts.ts";

const all = { ...helper, ...guard, ...window };
const contracts = Object.fromEntries(Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1)));

const isSchema = (value) => typeof value === "object" && value !== null && "_zod" in value;
const draw = (schema, io) => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", cycles: "ref", reused: "inline" });
  return rest;
};
const methods = (record) =>
  Object.fromEntries(
    Object.entries(record).map(([name, { params, result }]) => [
      name,
      { params: draw(params, "input"), result: draw(result, "output") },
    ]),
  );
const notifications = (record) =>
  Object.fromEntries(
    Object.entries(record).map(([name, it]) => [name, draw(isSchema(it) ? it : it.params, "output")]),
  );
export const drawn = Object.fromEntries(
  Object.entries(contracts)
    .filter(([, record]) => typeof record === "object" && record !== null && !isSchema(record))
    .map(([name, record]) => [name, name.endsWith("Notifications") ? notifications(record) : methods(record)]),
);
`;

/**
 * @returns {Promise<string>} the snapshot as the schemas have it now
 */
async function drawContract() {
  const { build } = await import("esbuild");
  const file = join(root, ".cache/contract", `${process.pid}.mjs`);
  await mkdir(dirname(file), { recursive: true });
  await build({
    absWorkingDir: root,
    stdin: { contents: generator, resolveDir: root, sourcefile: "contract-generator.ts", loader: "js" },
    outfile: file,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    logLevel: "warning",
  });
  try {
    const { drawn } = await import(pathToFileURL(file).href);
    return `${JSON.stringify(drawn, null, 2)}\n`;
  } finally {
    await rm(file, { force: true });
  }
}

/**
 * @returns {Promise<string | undefined>} how the committed snapshot differs; undefined where it does not
 */
async function compareContract() {
  const drawn = await drawContract();
  const committed = await readFile(snapshot, "utf8").catch(() => "");
  if (drawn === committed) return undefined;
  const now = drawn.split("\n");
  const then = committed.split("\n");
  const line = now.findIndex((text, index) => text !== then[index]);
  return [
    `protocol/contracts.json is not what protocol/contracts.ts says, first at line ${line + 1}:`,
    `  committed: ${then[line]?.trim() ?? "(nothing)"}`,
    `  schemas:   ${now[line]?.trim() ?? "(nothing)"}`,
    "run `node build/contract.mjs` and commit the change of the wire",
  ].join("\n");
}

if (process.argv.includes("--check")) {
  const difference = await compareContract();
  if (difference !== undefined) {
    console.error(difference);
    process.exitCode = 1;
  }
} else {
  await writeFile(snapshot, await drawContract());
}
