/** A program loaded for a look, and closed again. */
import type { z } from "zod";
import { fail } from "../../protocol/failures.ts";
import type { judgeParams } from "../../protocol/verify.ts";
import type { ProgramDump } from "../../protocol/views.ts";
import type { HelperContext } from "../context.ts";

export async function loadForLook(_context: HelperContext, _params: z.infer<typeof judgeParams>): Promise<ProgramDump> {
  return fail({ kind: "unsupported", feature: "views", since: null, message: "not built yet" });
}
