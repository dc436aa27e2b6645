/**
 * source ─build▶ object, the first half: clang to LLVM IR, llc to BPF, joined by a pipe; or clang alone. Only
 * precompiled headers are written to the disk, into the user's cache. Where a standing pair of processes or a
 * precompiled header fits it is used; what comes out is the same without them.
 */
import { basename } from "node:path";
import type { CancellationToken } from "vscode-jsonrpc";
import type { Compiled, CompileParams, Stage } from "../../protocol/build.ts";
import type { Diagnostic } from "../../protocol/diagnostic.ts";
import { Failed, fail } from "../../protocol/failures.ts";
import type { HelperContext } from "../context.ts";
import { type Finished, missingTool } from "../run.ts";
import { diagnosticLimit, parseClang, parseLlc, stageDiagnostic } from "./diagnostics.ts";
import { type BuildPlan, planBuild } from "./plan-build.ts";
import { createPrecompiledHeaders, type HeaderWish } from "./precompile.ts";
import { feedStages, maximumOutput, type StagesDone, startStages } from "./stages.ts";
import { createStanding } from "./standing.ts";

const timeout = 60_000;
/** after these it is said that a build still runs, ms */
const patience = [5_000, 30_000] as const;
/** what was just built is answered and judged first */
const afterwards = 15;

type Context = Pick<HelperContext, "ledger" | "environment" | "progress">;

export interface Toolchain {
  /** @throws Failed `missing-tool`, `bad-value` (a flag), `too-large`, `cancelled` */
  compile(params: CompileParams, token: CancellationToken): Promise<Compiled>;
}

export function createToolchain(context: Context): Toolchain {
  const standing = createStanding(context);
  const headers = createPrecompiledHeaders(context);
  let running = 0;

  const once = async (plan: BuildPlan, header: string | null, fresh: boolean, token: CancellationToken) => {
    const { key, commands, input } = plan.run(header);
    const stood = fresh ? null : standing.take(key);
    const done = await feedStages(stood ?? startStages(context, commands), input, { timeout, token }).catch(
      (error: unknown) => {
        // the name that the user knows; the sandbox's where that is what is missing
        throw missingTool(plan.sandbox === "bwrap" ? "bwrap" : "clang", error);
      },
    );
    return { done, stood: stood !== null };
  };

  /** Until one is the build's own: what went wrong with a shortcut is not the user's to know. */
  const build = async (plan: BuildPlan, token: CancellationToken) => {
    let header = plan.header === null ? null : await headers.find(plan.header.key);
    if (token.isCancellationRequested) cancelled();
    let { done, stood } = await once(plan, header, false, token);
    if (stood && wasEnded(done) && !token.isCancellationRequested) ({ done } = await once(plan, header, true, token));
    if (header !== null && plan.header !== null && isStale(done) && !token.isCancellationRequested) {
      await headers.drop(plan.header.key);
      header = null;
      ({ done } = await once(plan, null, true, token));
    }
    return { done, header };
  };

  const getReady = async (plan: BuildPlan, header: string | null, wish: HeaderWish | null): Promise<void> => {
    const ready = (file: string | null): void => {
      const { key, commands } = plan.run(file);
      standing.prepare(key, commands);
    };
    ready(header);
    if (header === null && wish !== null && (await headers.make(wish))) {
      const made = await headers.find(wish.key);
      if (made === null || running > 0) return;
      standing.end(plan.run(null).key);
      ready(made);
    }
  };

  return {
    async compile(params, token) {
      const plan = await planBuild(context, params);
      if (token.isCancellationRequested) cancelled();
      const patient = patience.map((wait) =>
        setTimeout(() => {
          context.progress(
            `building ${basename(params.path)} takes over ${wait / 1000} s: it can be cancelled, and is stopped after ${timeout / 1000} s`,
          );
        }, wait),
      );
      running += 1;
      try {
        const { done, header } = await build(plan, token);
        if (token.isCancellationRequested) cancelled();
        const answer = describe(plan, params.path, done);
        // IR is looked at beside the builds: it would take the place of the save's or of the check's while typing
        if (params.emit === "ir") return answer;
        setTimeout(() => {
          // Nothing that is made ready may fail a build.
          getReady(plan, header, answer.output === null ? null : plan.header).catch(() => undefined);
        }, afterwards).unref();
        return answer;
      } finally {
        running -= 1;
        for (const timer of patient) clearTimeout(timer);
      }
    },
  };
}

function describe(plan: BuildPlan, path: string, { clang, llc, timedOut }: StagesDone): Compiled {
  const stages: Stage[] = [];
  const diagnostics: Diagnostic[] = [];
  const add = (name: Stage["name"], argv: readonly string[], done: Finished, found: readonly Diagnostic[]): void => {
    if (done.killed === "output") tooMuch(name);
    stages.push({ name, argv: [...argv], milliseconds: Math.round(done.milliseconds * 100) / 100, exit: done.exit });
    diagnostics.push(...found);
    if (done.exit !== 0) explain(diagnostics, path, name, done, timedOut);
  };
  add("clang", plan.typed.clang, clang, parseClang(clang.errors, path));
  let output = clang.exit === 0 ? clang.output : null;
  if (plan.typed.llc !== null && llc !== null) {
    add("llc", plan.typed.llc, llc, parseLlc(llc.errors, path));
    output = llc.exit === 0 ? llc.output : null;
  }
  return {
    output: output === null ? null : output.toString("base64"),
    stages,
    diagnostics: diagnostics.slice(0, diagnosticLimit),
    sandbox: plan.sandbox,
  };
}

/** A stage that failed says so even where it printed nothing that can be read. */
function explain(diagnostics: Diagnostic[], path: string, name: string, done: Finished, timedOut: boolean): void {
  if (timedOut) {
    diagnostics.unshift(stageDiagnostic(path, `${name} took longer than ${timeout / 1000} s and was stopped`));
  } else if (!diagnostics.some(({ severity }) => severity === "error")) {
    const last = done.errors.trim().split("\n").at(-1) ?? "";
    const how = done.signal === null ? `exit ${done.exit}` : `ended by ${done.signal}`;
    diagnostics.push(stageDiagnostic(path, `${name} failed (${how})${last === "" ? "" : `: ${last}`}`));
  }
}

/** A signal from outside: told by the sandbox as 128 and its number (bash(1), EXIT STATUS; bwrap does the same). */
function wasEnded({ clang, llc, timedOut }: StagesDone): boolean {
  if (timedOut) return false;
  const signalled = (done: Finished | null): boolean =>
    done !== null && done.killed === null && (done.signal !== null || (done.exit ?? 0) > 128);
  // an llc that is gone breaks clang's pipe, or leaves it without an answer
  return signalled(clang) || signalled(llc);
}

/** What clang says where a precompiled header does not fit after all. */
function isStale({ clang, timedOut }: StagesDone): boolean {
  return !timedOut && clang.exit !== 0 && /precompiled header|PCH file|AST file|\.pch['":]/.test(clang.errors);
}

function tooMuch(name: string): never {
  return fail({
    kind: "too-large",
    message: `build: ${name} made more than ${maximumOutput / 1024 / 1024} MiB`,
    limit: maximumOutput,
  });
}

function cancelled(): never {
  throw new Failed({ kind: "cancelled", message: "build: cancelled" });
}
