/** object ─views▶ code: one program loaded for a look, attached to nothing, and closed again. */
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import { Failed, fail } from "../../protocol/failures.ts";
import { shortenLog } from "../../protocol/shorten-log.ts";
import type { judgeParams } from "../../protocol/verify.ts";
import type { ProgramDump } from "../../protocol/views.ts";
import { abortSignal } from "../abort-signal.ts";
import { settingsOf } from "../attach/load-settings.ts";
import type { HelperContext } from "../context.ts";
import { errnoWords, isKernelError } from "../failures.ts";
import { holding } from "../ledger.ts";
import { refusedLoad } from "../verify.ts";
import { dump } from "./dump.ts";

/** errors only: what is wanted is the code */
const logLevel = 1;

/** @throws Failed `rejected`, `bad-object`, `not-found`, `no-privilege`, `kernel`, `cancelled` */
export async function loadForLook(
  { native, ledger }: Pick<HelperContext, "native" | "ledger">,
  params: z.infer<typeof judgeParams>,
  token: CancellationToken,
): Promise<ProgramDump> {
  const { program, name } = params;
  try {
    return await holding(
      ledger,
      `looked at ${program}`,
      () =>
        native.loadObject({
          bytes: Buffer.from(params.object, "base64"),
          ...{ name, program, asXdp: params.asXdp, netns: null, offloadIfindex: null, logLevel },
          ...settingsOf(params.settings),
          signal: abortSignal(token),
        }),
      (loaded) => loaded.close(),
      (loaded) => dump({ native }, loaded.programId),
    );
  } catch (error) {
    if (!isKernelError(error)) throw error;
    const refused = refusedLoad(error, program, name, native.capabilities());
    if (refused !== null) throw new Failed(refused);
    return fail({
      kind: "rejected",
      message: `look at ${program}: the verifier rejects it: ${errnoWords(error.code, error.errno)} (${error.code})`,
      diagnostics: [],
      log: shortenLog(error.log ?? ""),
    });
  }
}
