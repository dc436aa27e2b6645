/** Templates as IR and object, built as the workbench builds them; each once. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ObjectContents, inspectObject } from "../../../main/object/inspect-object.ts";
import { type Elf, readElf } from "../../../main/object/read-elf.ts";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const templates: readonly string[] = readdirSync(join(root, "bpf-templates")).filter((name) =>
  existsSync(join(root, "bpf-templates", name, "program.bpf.c")),
);
export const sourceOf = (name: string): string => join(root, "bpf-templates", name, "program.bpf.c");

const host =
  process.arch === "arm64"
    ? ["-D__aarch64__", "-I/usr/include/aarch64-linux-gnu"]
    : ["-D__x86_64__", "-I/usr/include/x86_64-linux-gnu"];

export function buildIr(path: string, flags: readonly string[] = []): string {
  const words = ["-S", "-target", "bpf", ...host, "-O2", "-emit-llvm", "-g", ...flags, "-c", path, "-o", "-"];
  return execFileSync("clang", words, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
}

/** @param look is given the object's file before it goes */
export function buildObject(path: string, flags: readonly string[] = [], look?: (file: string) => void): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "xdpwt-views-"));
  try {
    const file = join(folder, "program.o");
    execFileSync("clang", ["-target", "bpf", ...host, "-O2", "-g", ...flags, "-c", path, "-o", file]);
    look?.(file);
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function read(bytes: Uint8Array): { readonly contents: ObjectContents; readonly elf: Elf } {
  const inspected = inspectObject(bytes, "test");
  const elf = readElf(bytes);
  if (!inspected.ok) throw new Error(inspected.failure.message);
  if (!elf.ok) throw new Error(elf.failure.message);
  return { contents: inspected.object, elf: elf.elf };
}
