/** object ─verify▶ verdict: every program that is XDP, each in a load of its own. */
import type { CancellationToken } from "vscode-jsonrpc";
import { longestLog, shortenLog } from "../../protocol/shorten-log.ts";
import { fail } from "../../protocol/failures.ts";
import type { Verdict } from "../../protocol/verify.ts";
import type { Input, Pipeline } from "../../protocol/build.ts";
import type { LoadOptions } from "../../protocol/reload.ts";
import { checkLoad } from "../attach/load-settings.ts";
import { buildInput } from "../build/build-input.ts";
import type { ElevatedPeer, HelperPool } from "../helpers/helper-pool.ts";
import { refuseLegacy } from "../legacy/refuse-legacy.ts";
import { readBytes, sourceText } from "../source/read-source.ts";
import { explainBuild } from "./explain-build.ts";
import { judgeProgram, tellEveryStep } from "./judge-program.ts";
import type { TellHowLong } from "./telling-how-long.ts";
import type { Judged } from "./walks.ts";

export interface VerifyOptions {
  /** Characters of each program's log in the verdict, at most; as much as a message carries where it is left out. */
  readonly logLimit?: number | undefined;
  /** Is given the whole logs. */
  readonly keep?: (judged: Judged) => void;
  /** Is told how long the verifier is at a program already. */
  readonly tell?: TellHowLong;
  /** Sizes and globals in place of the object's. */
  readonly load?: LoadOptions | undefined;
}

/** @throws Failed as buildInput does, `bad-value` (of `load`), `no-privilege`, `bad-object` (libbpf refuses to open it), `helper-gone` */
export async function verifyInput(
  helpers: HelperPool,
  input: Input,
  token?: CancellationToken,
  pipeline: Pipeline = "two-stage",
  { logLimit = longestLog, keep, tell, load }: VerifyOptions = {},
): Promise<Verdict> {
  const start = performance.now();
  const { build, object } = await buildInput(helpers.plain, input, token, pipeline);
  if (object === null) {
    return {
      build,
      accepted: false,
      programs: [],
      diagnostics: build.diagnostics.map(explainBuild),
      milliseconds: performance.now() - start,
    };
  }
  if (object.contents.hasLegacyMaps) {
    const programs = refuseLegacy(object.contents, build.path, build.diagnostics);
    const { diagnostics } = build;
    return { build, accepted: false, programs, diagnostics, milliseconds: performance.now() - start };
  }
  const settings = load === undefined ? undefined : checkLoad(object, load).settings;
  const elevated = await elevatedFor(helpers, pipeline, `have the kernel verify ${object.contents.name}`);
  const judged = [];
  let text: Promise<string | null> | undefined;
  const readText = () => (text ??= input.text === null ? textOf(build.path) : Promise.resolve(input.text));
  for (const program of object.contents.programs)
    judged.push(await judgeProgram(elevated, object, program, build.path, token, { readText, tell, settings }));
  // All programs' logs travel in one message.
  const room = Math.min(logLimit, Math.floor((2 * longestLog) / Math.max(1, judged.length)));
  keep?.({
    ...{ object: build.object ?? "", contents: object.contents, path: build.path },
    source: input.text ?? (text === undefined ? null : await text),
    logs: new Map(judged.map(({ verdict }) => [verdict.name, verdict.log])),
    accepted: new Set(judged.flatMap(({ verdict }) => (verdict.accepted ? [verdict.name] : []))),
    again: async (name, own) => {
      const program = object.contents.programs.find((one) => one.name === name);
      const peer = await helpers.elevated(`have the kernel verify ${object.contents.name}`);
      return program === undefined ? "" : tellEveryStep(peer, object, program, { tell, settings }, own);
    },
  });
  return {
    build,
    accepted: judged.length > 0 && judged.every(({ verdict }) => verdict.accepted),
    programs: judged.map(({ verdict }) => ({ ...verdict, log: shortenLog(verdict.log, room) })),
    diagnostics: [...build.diagnostics, ...judged.flatMap(({ diagnostics }) => diagnostics)],
    milliseconds: performance.now() - start,
  };
}

/** While somebody types, nobody is asked for a password. */
async function elevatedFor(helpers: HelperPool, pipeline: Pipeline, what: string): Promise<ElevatedPeer> {
  if (pipeline === "two-stage") return helpers.elevated(what);
  return (
    (await helpers.elevatedIfFree()) ??
    fail({
      kind: "no-privilege",
      need: "root",
      message: `root is needed to ${what}, and it is not asked for while you type: unlock the helper, or save`,
    })
  );
}

/** Null for an object, and where the file cannot be read any more: a finding does with less then. */
async function textOf(path: string): Promise<string | null> {
  if (!/\.(c|h)$/i.test(path)) return null;
  try {
    return sourceText(path, await readBytes(path));
  } catch {
    return null;
  }
}
