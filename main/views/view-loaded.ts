/** What runs, as code whose lines know their places in C. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { z } from "zod";
import { fail } from "../../protocol/failures.ts";
import type { loadedCodeParams, Code } from "../../protocol/views.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";

export async function viewLoaded(
  _helpers: HelperPool,
  _params: z.infer<typeof loadedCodeParams>,
  _token?: CancellationToken,
): Promise<Code> {
  return fail({ kind: "unsupported", feature: "views", since: null, message: "not built yet" });
}
