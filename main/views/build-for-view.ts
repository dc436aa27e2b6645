/** The object behind a view: a source is built, an object on disk is read. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { Input, Stage } from "../../protocol/build.ts";
import type { Diagnostic } from "../../protocol/diagnostic.ts";
import { fail } from "../../protocol/failures.ts";
import { type BuiltObject, buildInput } from "../build/build-input.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";

export interface ViewedObject {
  readonly object: BuiltObject;
  readonly stages: readonly Stage[];
  readonly notes: readonly string[];
}

/** @throws Failed `build-failed`, and what buildInput throws */
export async function buildForView(
  helpers: HelperPool,
  input: Input,
  token?: CancellationToken,
): Promise<ViewedObject> {
  const { build, object } = await buildInput(helpers.plain, input, token);
  return object === null
    ? notBuilt(input.path, build.diagnostics)
    : { object, stages: build.stages, notes: build.notes };
}

export function notBuilt(path: string, diagnostics: readonly Diagnostic[]): never {
  const first = diagnostics.find(({ severity }) => severity === "error");
  return fail({
    kind: "build-failed",
    diagnostics: [...diagnostics],
    message: `show ${path}: it does not compile${first ? ` (line ${first.line}: ${first.message})` : ""}`,
  });
}
