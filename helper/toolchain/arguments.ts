/** The flags of the two stages. Pure: what is on the disk comes in as a list. */
import { basename, dirname, extname, join } from "node:path";
import type { Emit, Pipeline } from "../../protocol/build.ts";
import { hosts } from "../../protocol/hosts.ts";

export const warnings = [
  "-Wall",
  "-Wno-unused-value",
  "-Wno-pointer-sign",
  "-Wno-compare-distinct-pointer-types",
  "-Werror",
  // of how headers are packed and loops unrolled the verifier is the judge: these are said and do not fail a build
  "-Wno-error=address-of-packed-member",
  "-Wno-error=pass-failed",
] as const;

/** Folders beside a source that may hold its headers, whether they exist or not; the source's own comes first. */
export function ownIncludeFolders(path: string): string[] {
  const folder = dirname(path);
  return [folder, ...["include", "headers", "../common", "../headers", "../include"].map((name) => join(folder, name))];
}

export function multiarchFolder(arch: string): string | null {
  const host = hosts[arch];
  return host === undefined ? null : `/usr/include/${host.multiarch}`;
}

export interface FlagChoice {
  readonly arch: string;
  readonly pipeline: Pipeline;
  /** folders of headers, for the defaults */
  readonly includes: readonly string[];
  /** the workspace's own words, checked, which take the place of the defaults; null where it has none */
  readonly own: readonly string[] | null;
  /** words of the workspace's that go with the defaults: about warnings and nothing else */
  readonly added?: readonly string[];
}

/** Shown to the user: everything that decides what comes out. Objects without -O2 or -g are of no use to the kernel. */
export function clangFlags({ arch, pipeline, includes, own, added = [] }: FlagChoice): string[] {
  const words = own ?? [
    ...["-D__BPF_TRACING__", ...(hosts[arch]?.macros ?? []), ...warnings],
    ...includes.map((folder) => `-I${folder}`),
    ...added,
  ];
  const says = (shape: RegExp): boolean => words.some((word) => shape.test(word));
  const twoStage = pipeline === "two-stage";
  return [
    ...(twoStage ? ["-S"] : []),
    ...["-target", "bpf", ...words],
    ...(says(/^-O/) ? [] : ["-O2"]),
    ...(twoStage ? ["-emit-llvm"] : []),
    ...["-c", ...(says(/^-g/) ? [] : ["-g"])],
  ];
}

/** The same flags for a run that reads headers only. */
export function headerFlags(flags: readonly string[]): string[] {
  return flags.filter((flag) => flag !== "-S" && flag !== "-emit-llvm" && flag !== "-c");
}

/**
 * Not shown, and before all others: a source on standard input has no folder of its own to look in first. The defaults
 * name that folder themselves.
 */
export function placeFlags(path: string, own: readonly string[] | null): string[] {
  return own === null ? [] : [`-iquote${dirname(path)}`];
}

/** Not shown: how findings are printed, and what a shell would say by its working directory. */
export function quietFlags(path: string): string[] {
  return [
    "-fno-color-diagnostics",
    "-fno-caret-diagnostics",
    "-fno-diagnostics-fixit-info",
    "-fdiagnostics-absolute-paths",
    "-ferror-limit=200",
    `-fdebug-compilation-dir=${dirname(path)}`,
  ];
}

/** The text with its name before it, so that it can come from standard input and findings still carry the file's name. */
export function withLineMarker(path: string, text: string): string {
  let name = "";
  for (const character of path) {
    const code = character.charCodeAt(0);
    if (character === "\\" || character === '"') name += `\\${character}`;
    else if (code < 32 || code === 127) name += `\\${code.toString(8).padStart(3, "0")}`;
    else name += character;
  }
  return `# 1 "${name}"\n${text}`;
}

/** What the stages leave if a user types them beside the source. */
export function outputNames(path: string, emit: Emit): { readonly ir: string; readonly output: string } {
  const stem = basename(path, extname(path));
  return { ir: `${stem}.ll`, output: emit === "ir" ? `${stem}.ll` : emit === "asm" ? `${stem}.s` : `${stem}.o` };
}
