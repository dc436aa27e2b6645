/** What an attach would do with the running program's maps, and what can be set before the load. Attaches nothing. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { z } from "zod";
import { Failed } from "../../protocol/failures.ts";
import type { ReloadPlan, reloadPlanParams } from "../../protocol/reload.ts";
import { buildInput } from "../build/build-input.ts";
import { chooseProgram } from "../build/choose-program.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import type { Attachments } from "./attachments.ts";
import { describeGlobal, typedSections } from "./describe-globals.ts";

/** @throws Failed as attachInput does before it loads anything */
export async function planReload(
  helpers: HelperPool,
  _attachments: Attachments,
  params: z.infer<typeof reloadPlanParams>,
  token?: CancellationToken,
): Promise<ReloadPlan> {
  const built = await buildInput(helpers.plain, params.input, token);
  if (built.object === null) {
    throw new Failed({
      kind: "build-failed",
      diagnostics: built.build.diagnostics,
      message: `${params.input.path} does not compile`,
    });
  }
  const { contents, bytes } = built.object;
  const program = chooseProgram(contents, params.program);
  return {
    program: program.name,
    replaces: null,
    foreign: false,
    maps: contents.maps.map(({ name, type, maxEntries }) => ({
      ...{ name, type, maxEntries, running: null, choices: ["empty"], why: "a new map", fields: [], examples: [] },
    })),
    gone: [],
    globals: typedSections(bytes, contents.btf).flatMap((section) =>
      section.variables.map((variable) => describeGlobal(section, variable, null)),
    ),
  };
}
