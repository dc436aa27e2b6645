/** The flags that clangd parses a source with: those of the build, without what only says what comes out. */
import { stat } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { saysOnlyWarnings } from "../../protocol/build-flags.ts";
import { findFlags } from "../flags/find-flags.ts";

export interface CompileCommand {
  readonly workingDirectory: string;
  /** clang, its flags, and the file */
  readonly compilationCommand: readonly string[];
}

/** As in the helper's toolchain: what clang predefines for the host and `-target bpf` takes away. */
const hosts: Readonly<Record<string, { readonly macros: readonly string[]; readonly multiarch: string }>> = {
  x64: { macros: ["-D__x86_64__", "-D__TARGET_ARCH_x86"], multiarch: "x86_64-linux-gnu" },
  arm64: { macros: ["-D__aarch64__", "-D__TARGET_ARCH_arm64"], multiarch: "aarch64-linux-gnu" },
  arm: { macros: ["-D__arm__", "-D__TARGET_ARCH_arm"], multiarch: "arm-linux-gnueabihf" },
  riscv64: { macros: ["-D__riscv", "-D__riscv_xlen=64", "-D__TARGET_ARCH_riscv"], multiarch: "riscv64-linux-gnu" },
  ppc64: { macros: ["-D__powerpc64__", "-D__TARGET_ARCH_powerpc"], multiarch: "powerpc64le-linux-gnu" },
  s390x: { macros: ["-D__s390x__", "-D__TARGET_ARCH_s390"], multiarch: "s390x-linux-gnu" },
  loong64: { macros: ["-D__loongarch__", "-D__TARGET_ARCH_loongarch"], multiarch: "loongarch64-linux-gnu" },
};
const warnings = ["-Wall", "-Wno-unused-value", "-Wno-pointer-sign", "-Wno-compare-distinct-pointer-types"];

/** Of the workspace where it has flags, else the pipeline's own. Flags that the build refuses are not used here either. */
export async function compileCommand(path: string): Promise<CompileCommand> {
  const given = await findFlags(path).then(
    ({ words }) => words,
    () => null,
  );
  const added = given !== null && saysOnlyWarnings(given) ? given : [];
  const own = added.length > 0 ? null : given;
  const words = own ?? [
    ...["-D__BPF_TRACING__", ...(hosts[process.arch]?.macros ?? []), ...warnings],
    ...(await defaultIncludes(path)),
    ...added,
  ];
  return {
    workingDirectory: dirname(path),
    compilationCommand: [
      "clang",
      ...["-target", "bpf"],
      // while a line is half typed, a warning is a warning
      ...words.filter((word) => !/^-Werror(=.*)?$|^-pedantic-errors$/.test(word)),
      ...["-O2", "-g", "-c"],
      ...["-x", extname(path) === ".h" ? "c-header" : "c"],
      path,
    ],
  };
}

/** Folders of headers that a command names, absolute. */
export function includeFolders({ compilationCommand }: CompileCommand): string[] {
  return compilationCommand.flatMap((word, index, all) => {
    const folder = /^-(?:I|isystem|iquote|idirafter)(.*)$/.exec(word)?.[1];
    return [folder === "" ? all[index + 1] : folder].filter((one): one is string => one?.startsWith("/") === true);
  });
}

async function defaultIncludes(path: string): Promise<string[]> {
  const folder = dirname(path);
  const own = ["include", "headers", "../common", "../headers", "../include"].map((name) => join(folder, name));
  const multiarch = hosts[process.arch]?.multiarch;
  const all = [folder, ...own, ...(multiarch === undefined ? [] : [`/usr/include/${multiarch}`])];
  const there = await Promise.all(
    all.map((one) =>
      stat(one).then(
        (found) => found.isDirectory(),
        () => false,
      ),
    ),
  );
  return all.filter((_, index) => there[index]).map((one) => `-I${one}`);
}
