/** source ─build▶ object, the first half: clang to LLVM IR, llc to BPF, joined by a pipe; nothing is written to the disk. */
import { stat } from "node:fs/promises";
import type { CancellationToken } from "vscode-jsonrpc";
import type { Compiled, CompileParams, Stage } from "../../protocol/build.ts";
import type { Diagnostic } from "../../protocol/diagnostic.ts";
import { Failed, fail } from "../../protocol/failures.ts";
import type { HelperContext } from "../context.ts";
import { type Finished, missingTool, type Running, start } from "../run.ts";
import {
  clangFlags,
  multiarchFolder,
  outputNames,
  ownIncludeFolders,
  quietFlags,
  withLineMarker,
} from "./arguments.ts";
import { diagnosticLimit, parseClang, parseLlc, stageDiagnostic } from "./diagnostics.ts";
import { findTools, searchIn, type Tool, wanted } from "./find.ts";
import { confined, readableFolders, sandboxKind, toolFolders } from "./sandbox.ts";

const timeout = 60_000;
const maximumOutput = 16 * 1024 * 1024;

type Context = Pick<HelperContext, "ledger" | "environment">;

export async function compile(context: Context, params: CompileParams, token: CancellationToken): Promise<Compiled> {
  const { path, text, emit } = params;
  const [tools, sandbox, includes] = await Promise.all([
    findTools(searchIn(context.environment)),
    sandboxKind(context),
    includeFolders(path),
  ]);
  const clang = wanted(tools.clang, "clang");
  const llc = emit === "ir" ? null : wanted(tools.llc, "llc");
  if (token.isCancellationRequested) cancelled();

  const flags = clangFlags(process.arch, includes);
  const names = outputNames(path, emit);
  const filetype = ["-march=bpf", `-filetype=${emit === "asm" ? "asm" : "obj"}`];
  const readable = sandbox === "bwrap" ? await foldersToRead(path, [clang, llc], context.environment["HOME"]) : [];
  const common = { ...context, timeout, maximumOutput, token };

  const clangRun = start(
    {
      ...common,
      argv: confined(sandbox, [clang.path, ...flags, ...quietFlags(path), "-x", "c", "-", "-o", "-"], readable),
      input: withLineMarker(path, text),
    },
    llc === null,
  );
  // Started at once: its own start-up passes while clang works. It reads the source too, from the disk as it was saved:
  // the C lines that BTF carries and the verifier quotes come from there.
  const llcRun =
    llc === null ? null : start({ ...common, argv: confined(sandbox, [llc.path, ...filetype, "-o", "-"], readable) });
  if (llcRun !== null) clangRun.child.stdout.pipe(llcRun.child.stdin);

  const [clangDone, llcDone] = await Promise.all([
    finish(clangRun, "clang", llcRun),
    llcRun === null ? null : finish(llcRun, "llc", clangRun),
  ]);
  if (token.isCancellationRequested) cancelled();

  const stages: Stage[] = [];
  const diagnostics: Diagnostic[] = [];
  const clangOk = clangDone.exit === 0;
  stages.push({ name: "clang", argv: [clang.typed, ...flags, "-o", names.ir, path], ...outcome(clangDone) });
  diagnostics.push(...parseClang(clangDone.errors, path));
  if (!clangOk) explain(diagnostics, path, "clang", clangDone);
  let output = clangOk ? clangDone.output : null;

  if (clangOk && llc !== null && llcDone !== null) {
    const ok = llcDone.exit === 0;
    stages.push({ name: "llc", argv: [llc.typed, ...filetype, "-o", names.output, names.ir], ...outcome(llcDone) });
    diagnostics.push(...parseLlc(llcDone.errors, path));
    if (!ok) explain(diagnostics, path, "llc", llcDone);
    output = ok ? llcDone.output : null;
  }
  return {
    output: output === null ? null : output.toString("base64"),
    stages,
    diagnostics: diagnostics.slice(0, diagnosticLimit),
    sandbox,
  };
}

async function foldersToRead(
  path: string,
  tools: readonly (Tool | null)[],
  home: string | undefined,
): Promise<string[]> {
  const paths = tools.flatMap((tool) => (tool === null ? [] : [tool.path]));
  return [...(await toolFolders(paths)), ...readableFolders(path, home)];
}

async function includeFolders(path: string): Promise<string[]> {
  const multiarch = multiarchFolder(process.arch);
  const folders = [...ownIncludeFolders(path), ...(multiarch === null ? [] : [multiarch])];
  const there = await Promise.all(
    folders.map(async (folder) => {
      try {
        return (await stat(folder)).isDirectory();
      } catch {
        return false;
      }
    }),
  );
  return folders.filter((_, index) => there[index]);
}

/** Neither stage outlives the other's failure. */
async function finish(running: Running, name: string, other: Running | null): Promise<Finished> {
  try {
    const done = await running.finished;
    if (name === "clang" && done.exit !== 0) other?.kill("cancelled");
    if (done.killed === "output") {
      fail({
        kind: "too-large",
        message: `build: ${name} made more than ${maximumOutput / 1024 / 1024} MiB`,
        limit: maximumOutput,
      });
    }
    return done;
  } catch (error) {
    other?.kill("cancelled");
    throw missingTool(name, error);
  }
}

function outcome(done: Finished): Pick<Stage, "milliseconds" | "exit"> {
  return { milliseconds: Math.round(done.milliseconds * 100) / 100, exit: done.exit };
}

/** A stage that failed says so even where it printed nothing that can be read. */
function explain(diagnostics: Diagnostic[], path: string, name: string, done: Finished): void {
  if (done.killed === "timeout") {
    diagnostics.unshift(stageDiagnostic(path, `${name} took longer than ${timeout / 1000} s and was stopped`));
  } else if (!diagnostics.some(({ severity }) => severity === "error")) {
    const last = done.errors.trim().split("\n").at(-1) ?? "";
    const how = done.signal === null ? `exit ${done.exit}` : `ended by ${done.signal}`;
    diagnostics.push(stageDiagnostic(path, `${name} failed (${how})${last === "" ? "" : `: ${last}`}`));
  }
}

function cancelled(): never {
  throw new Failed({ kind: "cancelled", message: "build: cancelled" });
}
