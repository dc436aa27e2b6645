/** The flags that clangd parses a source with: those of the build, without what only says what comes out. */
import { stat } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { saysOnlyWarnings } from "../../protocol/build-flags.ts";
import { hosts } from "../../protocol/hosts.ts";
import { findFlags } from "../flags/find-flags.ts";

export interface CompileCommand {
  readonly workingDirectory: string;
  /** clang, its flags, and the file */
  readonly compilationCommand: readonly string[];
}

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
