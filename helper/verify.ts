/** object ─verify▶ verdict: one program loaded by itself, judged, and closed again. */
import { type Failure, Failed } from "../protocol/failures.ts";
import { shortenLog } from "../protocol/shorten-log.ts";
import type { Judgement, judgeParams } from "../protocol/verify.ts";
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import { settingsOf } from "./attach/load-settings.ts";
import { abortSignal } from "./abort-signal.ts";
import type { HelperContext } from "./context.ts";
import { asFailure, errnoWords, isKernelError } from "./failures.ts";
import { holding } from "./ledger.ts";
import type { KernelError } from "./native/kernel-error.ts";
import type { LoadOptions } from "./native/face.ts";

type JudgeParams = z.infer<typeof judgeParams>;

/** BPF_LOG_LEVEL1: the log of a rejected program in full; BPF_LOG_STATS: time and stack depth, of an accepted one too */
const logLevel = 1 | 4;
/** BPF_LOG_LEVEL2: the steps of every path, and what came of each */
const everyStepLevel = 2 | 4;

export async function judge(
  { native, ledger }: Pick<HelperContext, "native" | "ledger">,
  params: JudgeParams,
  token: CancellationToken,
): Promise<Judgement> {
  const options: LoadOptions = {
    bytes: Buffer.from(params.object, "base64"),
    name: params.name,
    program: params.program,
    asXdp: params.asXdp,
    netns: null,
    offloadIfindex: null,
    logLevel: params.everyStep === true ? everyStepLevel : logLevel,
    ...settingsOf(params.settings),
    signal: abortSignal(token),
  };
  try {
    return await holding(
      ledger,
      `judged ${params.program}`,
      () => native.loadObject(options),
      (loaded) => loaded.close(),
      (loaded) => {
        const info = native.programInfo(loaded.programId);
        return {
          accepted: true,
          log: shortenLog(loaded.log),
          libbpf: loaded.libbpf,
          error: "",
          xlatedBytes: info.xlatedLength,
          jitedBytes: info.jitedLength,
          processed: info.verifiedInstructions,
        };
      },
    );
  } catch (error) {
    if (!isKernelError(error)) throw error;
    const refused = refusedLoad(error, params.program, params.name, native.capabilities());
    if (refused !== null) throw new Failed(refused);
    return {
      accepted: false,
      log: shortenLog(error.log ?? ""),
      libbpf: error.libbpf ?? "",
      error: `${error.code}: ${errnoWords(error.code, error.errno)}`,
      xlatedBytes: 0,
      jitedBytes: 0,
      processed: 0,
    };
  }
}

/** The failure behind a load that did not come to the verifier's verdict; null where the verifier itself said no. */
export function refusedLoad(
  error: KernelError,
  program: string,
  object: string,
  capabilities: readonly string[],
): Failure | null {
  if (error.code === "EPERM" && !capabilities.includes("CAP_BPF") && !capabilities.includes("CAP_SYS_ADMIN")) {
    return asFailure(error, { doing: `load ${program}` });
  }
  if (error.code === "ECANCELED") return { kind: "cancelled", message: `load ${program}: cancelled` };
  if (error.operation === "BPF_PROG_LOAD") return null;
  if (error.operation === "bpf_object__find_program_by_name") {
    const message = `load ${program}: ${object} has no program of that name`;
    return { kind: "not-found", message, what: "program", name: program };
  }
  if (error.operation === "bpf_object__open" || error.operation === "bpf_object__load") {
    const said = firstComplaint(error.libbpf ?? "") ?? error.message;
    return { kind: "bad-object", message: `open ${object}: ${said}`, reason: error.libbpf ?? error.message };
  }
  return asFailure(error, { doing: `load ${program}: ${mapTrouble(error)}`, next: mapAdvice(error.code) });
}

/** What of the maps went wrong; libbpf first says that it tries once more without BTF, which is not the point. */
export function mapTrouble({ operation, message, libbpf = "" }: KernelError): string {
  if (operation !== "BPF_MAP_CREATE") return message;
  return /map '[^']*': failed to create/.exec(libbpf)?.[0] ?? firstComplaint(libbpf) ?? "prepare its maps";
}

function mapAdvice(code: string): string {
  if (code === "E2BIG" || code === "ENOMEM") return "make its max_entries smaller";
  return code === "ENOENT" ? "it went away: look again" : "see the map's definition";
}

/** libbpf repeats itself on the way out: its first complaint names the cause. */
function firstComplaint(text: string): string | null {
  const line = text.split("\n").find((one) => one.trim() !== "");
  return line === undefined ? null : line.trim().replace(/^libbpf: /, "");
}
