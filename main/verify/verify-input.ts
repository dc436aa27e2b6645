/** object ─verify▶ verdict: every program that is XDP, each in a load of its own. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { Verdict } from "../../protocol/verify.ts";
import type { Input } from "../../protocol/build.ts";
import { buildInput } from "../build/build-input.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import { judgeProgram } from "./judge-program.ts";

/** @throws Failed as buildInput does, `no-privilege`, `bad-object` (libbpf refuses to open it), `helper-gone` */
export async function verifyInput(helpers: HelperPool, input: Input, token?: CancellationToken): Promise<Verdict> {
  const start = performance.now();
  const { build, object } = await buildInput(helpers.plain, input, token);
  if (object === null) {
    return {
      build,
      accepted: false,
      programs: [],
      diagnostics: build.diagnostics,
      milliseconds: performance.now() - start,
    };
  }
  const elevated = await helpers.elevated(`have the kernel verify ${object.contents.name}`);
  const judged = [];
  for (const program of object.contents.programs)
    judged.push(await judgeProgram(elevated, object, program, build.path, token));
  return {
    build,
    accepted: judged.length > 0 && judged.every(({ verdict }) => verdict.accepted),
    programs: judged.map(({ verdict }) => verdict),
    diagnostics: [...build.diagnostics, ...judged.flatMap(({ diagnostics }) => diagnostics)],
    milliseconds: performance.now() - start,
  };
}
