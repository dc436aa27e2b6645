/** What the kernel makes of a program that is loaded for a look and closed again. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { z } from "zod";
import { fail } from "../../protocol/failures.ts";
import type { builtCodeParams, Code } from "../../protocol/views.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import type { ViewedObject } from "./view-built.ts";

export async function loadForView(
  _helpers: HelperPool,
  _viewed: ViewedObject,
  _params: z.infer<typeof builtCodeParams>,
  _kind: "xlated" | "jited",
  _token?: CancellationToken,
): Promise<Code> {
  return fail({ kind: "unsupported", feature: "views", since: null, message: "not built yet" });
}
