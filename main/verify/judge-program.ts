/** One program before the kernel's verifier, with its rejection placed in the C source. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { LoadSettings } from "../../protocol/attach.ts";
import type { Diagnostic } from "../../protocol/diagnostic.ts";
import { Failed, type Failure } from "../../protocol/failures.ts";
import type { Judgement, ProgramVerdict } from "../../protocol/verify.ts";
import type { BuiltObject } from "../build/build-input.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import type { ObjectProgram } from "../object/inspect-object.ts";
import { absolute } from "./absolute.ts";
import { diagnose } from "./diagnose.ts";
import { isClassified } from "./explain-rejection.ts";
import { readStatistics } from "./read-log.ts";
import { smallMaps } from "./small-maps.ts";
import { type TellHowLong, tellingHowLong } from "./telling-how-long.ts";

const instructionBytes = 8;

export interface Judged {
  readonly verdict: ProgramVerdict;
  readonly diagnostics: readonly Diagnostic[];
}

export interface JudgeOptions {
  /** the source's text, or null where there is none: asked only for what has no line record */
  readonly readText?: () => Promise<string | null>;
  readonly tell?: TellHowLong | undefined;
  /** sizes and globals that the user set */
  readonly settings?: LoadSettings | undefined;
}

/**
 * `path` is the source or object that the user named: findings with relative files are placed beside it.
 *
 * @throws Failed as the helper does, but not for what libbpf refuses for a reason that has a class
 */
export async function judgeProgram(
  peer: ElevatedPeer,
  object: BuiltObject,
  program: ObjectProgram,
  path: string,
  token?: CancellationToken,
  { readText = () => Promise.resolve(null), tell, settings }: JudgeOptions = {},
): Promise<Judged> {
  const judgement = await tellingHowLong(tell, program.name, token, () =>
    judgeWithSmallMaps(peer, object, program, settings, token),
  );
  const { accepted, log, libbpf, error } = judgement;
  const verdict: ProgramVerdict = {
    name: program.name,
    section: program.section,
    type: program.type,
    accepted,
    instructions:
      accepted && judgement.xlatedBytes > 0 ? judgement.xlatedBytes / instructionBytes : program.instructions,
    processed: judgement.processed,
    jitedBytes: judgement.jitedBytes,
    ...statisticsOf(log),
    error,
    log: log === "" ? libbpf : log,
    rejection: null,
  };
  if (accepted) return { verdict, diagnostics: [] };
  const { contents, bytes } = object;
  const source = await readText();
  const found = diagnose({ object: contents, bytes, program: program.name, log, libbpf, error, source });
  const file = absolute(found.rejection.file, path);
  return {
    verdict: { ...verdict, rejection: { ...found.rejection, file } },
    diagnostics: [{ ...found.diagnostic, file }],
  };
}

function statisticsOf(log: string) {
  const { totalStates, peakStates, stackDepths, verificationMicroseconds } = readStatistics(log);
  return {
    states: totalStates,
    peakStates,
    stackDepths: [...stackDepths],
    verificationMicroseconds:
      verificationMicroseconds === null ? null : Math.min(verificationMicroseconds, 0xffff_ffff),
  };
}

/** A rejection that small arrays could be the cause of is not believed before the declared ones have been tried. */
async function judgeWithSmallMaps(
  peer: ElevatedPeer,
  object: BuiltObject,
  program: ObjectProgram,
  settings: LoadSettings | undefined,
  token?: CancellationToken,
): Promise<Judgement> {
  const { maps } = object.contents;
  const small = smallMaps(maps, settings);
  const judgement = await askKernel(peer, object, program, small.settings, token);
  if (judgement.accepted || !small.arrays) return judgement;
  try {
    const declared = await askKernel(peer, object, program, smallMaps(maps, settings, "arrays").settings, token);
    // Where there is no room for them, what was said of the small ones is what can be said.
    return declared.accepted || declared.log !== "" ? declared : judgement;
  } catch (thrown) {
    if (thrown instanceof Failed && thrown.failure.kind === "kernel") return judgement;
    throw thrown;
  }
}

/** An accepted program once more, for the log of all its steps. @throws Failed as the helper does */
export async function tellEveryStep(
  peer: ElevatedPeer,
  object: BuiltObject,
  program: ObjectProgram,
  { tell, settings }: Pick<JudgeOptions, "tell" | "settings">,
  token?: CancellationToken,
): Promise<string> {
  const small = smallMaps(object.contents.maps, settings, "arrays").settings;
  const { log } = await tellingHowLong(tell, program.name, token, () =>
    askKernel(peer, object, program, small, token, true),
  );
  return log;
}

async function askKernel(
  peer: ElevatedPeer,
  object: BuiltObject,
  program: ObjectProgram,
  settings: LoadSettings | undefined,
  token?: CancellationToken,
  everyStep = false,
): Promise<Judgement> {
  try {
    return await peer.request(
      "verify.judge",
      {
        object: object.bytes.toString("base64"),
        name: object.name,
        program: program.name,
        asXdp: program.xdp === "unknown-name",
        ...(settings && { settings }),
        ...(everyStep && { everyStep }),
      },
      token,
    );
  } catch (thrown) {
    const libbpf = thrown instanceof Failed ? refusal(thrown.failure) : null;
    if (libbpf === null || !isClassified(libbpf)) throw thrown;
    return { accepted: false, log: "", libbpf, error: "", xlatedBytes: 0, jitedBytes: 0, processed: 0 };
  }
}

/** What libbpf said before the kernel's verifier came to a word; null for failures of another kind. */
function refusal(failure: Failure): string | null {
  if (failure.kind === "bad-object") return failure.reason;
  return failure.kind === "kernel" && failure.operation === "BPF_MAP_CREATE" ? failure.message : null;
}
