/** machine code ─views▶ text */
import type { CancellationToken } from "vscode-jsonrpc";
import type { z } from "zod";
import { fail } from "../../protocol/failures.ts";
import type { disassembled, disassembleParams } from "../../protocol/views.ts";
import type { HelperContext } from "../context.ts";

export async function disassemble(
  _context: HelperContext,
  _params: z.infer<typeof disassembleParams>,
  _token: CancellationToken,
): Promise<z.infer<typeof disassembled>> {
  return fail({ kind: "unsupported", feature: "views", since: null, message: "not built yet" });
}
