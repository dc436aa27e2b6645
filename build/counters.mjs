/** Builds the programs that the elevated helper itself loads, and puts them beside it. */
import { execFile } from "node:child_process";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

/** source, object */
const programs = [
  ["helper/redirects/redirects.bpf.c", "dist/helper/redirects.bpf.o"],
  ["helper/refusals/link-refusals.bpf.c", "dist/helper/link-refusals.bpf.o"],
];
const flags = ["-target", "bpf", "-O2", "-g", "-Wall", "-Werror", "-fdebug-compilation-dir=."];

/**
 * Without clang there is none: the rest of the workbench works, and the doctor says what is missing.
 * @param {string} root
 */
export async function buildCounters(root) {
  await Promise.all(programs.map(([source = "", object = ""]) => buildProgram(root, source, object)));
}

/**
 * @param {string} root
 * @param {string} source
 * @param {string} object
 */
async function buildProgram(root, source, object) {
  const fresh = `.cache/${basename(object)}.${process.pid}`;
  for (const file of [object, fresh]) mkdirSync(dirname(join(root, file)), { recursive: true });
  try {
    await promisify(execFile)("clang", [...flags, "-c", source, "-o", fresh], { cwd: root });
    // at once in its place, from outside of its folder: a helper may be reading it, or the folder being copied
    renameSync(join(root, fresh), join(root, object));
  } catch (error) {
    rmSync(join(root, object), { force: true });
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
