/** What one build is: the commands of its stages, what they are fed, and what decides whether a standing pair fits. */
import { type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { checkFlags, saysOnlyWarnings, type TakenFlag } from "../../protocol/build-flags.ts";
import type { CompileParams, Pipeline } from "../../protocol/build.ts";
import { fail } from "../../protocol/failures.ts";
import type { HelperContext } from "../context.ts";
import {
  clangFlags,
  headerFlags,
  multiarchFolder,
  outputNames,
  ownIncludeFolders,
  placeFlags,
  quietFlags,
  withLineMarker,
} from "./arguments.ts";
import { findTools, searchIn, type Tool, wanted } from "./find.ts";
import { includeBlock } from "./include-block.ts";
import { type HeaderWish, headerKey } from "./precompile.ts";
import { confined, flagFolders, readableFolders, type Sandbox, sandboxKind, toolFolders } from "./sandbox.ts";
import type { StageCommands } from "./stages.ts";

export interface BuildPlan {
  readonly sandbox: Sandbox;
  readonly pipeline: Pipeline;
  /** what a user would type */
  readonly typed: { readonly clang: readonly string[]; readonly llc: readonly string[] | null };
  /** the precompiled header that would serve; null where the source has no include block to make one of */
  readonly header: HeaderWish | null;
  /** @param precompiled file of that header, or null to read all of the source */
  run(precompiled: string | null): {
    /** the commands and their surroundings: the same key, the same result for the same input */
    readonly key: string;
    readonly commands: StageCommands;
    readonly input: string;
  };
}

export async function planBuild(
  context: Pick<HelperContext, "ledger" | "environment">,
  { path, text, emit, pipeline: asked, flags: given }: CompileParams,
): Promise<BuildPlan> {
  const taken = given === undefined || given === null ? null : checkedFlags(given);
  const words = taken?.flatMap(({ words: own }) => own) ?? [];
  const added = saysOnlyWarnings(words) ? words : [];
  const own = taken === null || added.length > 0 ? null : words;
  const pipeline: Pipeline = emit === "obj" ? (asked ?? "two-stage") : "two-stage";
  const [tools, sandbox] = await Promise.all([findTools(searchIn(context.environment)), sandboxKind(context)]);
  const clang = wanted(tools.clang, "clang");
  const llc = emit === "ir" || pipeline === "one-step" ? null : wanted(tools.llc, "llc");
  const includes = own === null ? includeFolders(path) : [];
  const named = taken?.flatMap(({ path: one }) => (one === null ? [] : [one.name])) ?? [];

  const flags = clangFlags({ arch: process.arch, pipeline, includes, own, added });
  const names = outputNames(path, emit);
  const filetype = ["-march=bpf", `-filetype=${emit === "asm" ? "asm" : "obj"}`];
  const home = context.environment["HOME"];
  const readable =
    sandbox === "bwrap"
      ? [...(await foldersOfTools([clang, llc])), ...readableFolders(path, home), ...flagFolders(named, home)]
      : [];
  const folders = [dirname(path), ...includes, ...named];
  const surroundings = [...[clang, llc].map(stampOfTool), ...[...folders, ...readable].map(stamp)];
  const before = [clang.path, ...placeFlags(path, own)];
  const quiet = quietFlags(path);

  // The checksum that IR carries is of what was read: with a precompiled header it would not be the source's.
  const block = emit === "ir" ? null : includeBlock(text);
  const makeHeader = [...before, ...headerFlags(flags), ...quiet, "-x", "c-header", "-", "-H", "-o", "-"];
  return {
    sandbox,
    pipeline,
    typed: {
      clang: [clang.typed, ...flags, "-o", llc === null && emit === "obj" ? names.output : names.ir, path],
      llc: llc === null ? null : [llc.typed, ...filetype, "-o", names.output, names.ir],
    },
    header:
      block === null
        ? null
        : {
            key: headerKey(stampOfTool(clang), JSON.stringify(makeHeader), path, block.text),
            argv: confined(sandbox, makeHeader as [string, ...string[]], readable),
            input: withLineMarker(path, block.text),
            folders,
          },
    run(precompiled) {
      const bound = precompiled === null ? readable : [...readable, precompiled];
      const withHeader = precompiled === null ? [] : ["-include-pch", precompiled];
      const words = [...before, ...flags, ...quiet, ...withHeader, "-x", "c", "-", "-o", "-"];
      const commands: StageCommands = {
        clang: confined(sandbox, words as [string, ...string[]], bound),
        llc: llc === null ? null : confined(sandbox, [llc.path, ...filetype, "-o", "-"], readable),
      };
      const input = precompiled === null || block === null ? text : block.rest;
      return { commands, input: withLineMarker(path, input), key: JSON.stringify([commands, surroundings]) };
    },
  };
}

/** The schema has refused what is not taken; whoever calls without it is refused here. */
function checkedFlags(words: readonly string[]): readonly TakenFlag[] {
  const checked = checkFlags(words);
  if (!checked.ok) {
    return fail({
      kind: "bad-value",
      field: checked.flag,
      message: `build: the flag ${checked.flag} is refused: ${checked.why}`,
    });
  }
  return checked.flags.filter(({ frame }) => !frame);
}

function includeFolders(path: string): string[] {
  const multiarch = multiarchFolder(process.arch);
  return [...ownIncludeFolders(path), ...(multiarch === null ? [] : [multiarch])].filter(
    (folder) => statOrNull(folder)?.isDirectory() === true,
  );
}

async function foldersOfTools(tools: readonly (Tool | null)[]): Promise<string[]> {
  return toolFolders(tools.flatMap((tool) => (tool === null ? [] : [tool.path])));
}

/** A standing process holds folders open that may have been replaced since. */
function stamp(path: string): string {
  const found = statOrNull(path);
  return found === null ? "none" : `${found.dev}:${found.ino}`;
}

function stampOfTool(tool: Tool | null): string {
  const found = tool === null ? null : statOrNull(tool.path);
  return tool === null || found === null
    ? "none"
    : `${tool.path}:${found.dev}:${found.ino}:${found.size}:${found.mtimeMs}`;
}

/** Whatever keeps us from looking, it is not there for clang either. */
function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
