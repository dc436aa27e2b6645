/** A loaded program's code, as the kernel keeps it. */
import { fail } from "../../protocol/failures.ts";
import type { ProgramDump } from "../../protocol/views.ts";
import type { HelperContext } from "../context.ts";

export async function dump(_context: HelperContext, _id: number): Promise<ProgramDump> {
  return fail({ kind: "unsupported", feature: "views", since: null, message: "not built yet" });
}
