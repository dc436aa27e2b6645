/** One program before the kernel's verifier, with its rejection placed in the C source. */
import { isAbsolute, resolve, dirname } from "node:path";
import type { CancellationToken } from "vscode-jsonrpc";
import type { Diagnostic } from "../../protocol/diagnostic.ts";
import type { ProgramVerdict } from "../../protocol/verify.ts";
import type { BuiltObject } from "../build/build-input.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import type { ObjectProgram } from "../object/inspect-object.ts";
import { diagnose } from "./diagnose.ts";

const instructionBytes = 8;

export interface Judged {
  readonly verdict: ProgramVerdict;
  readonly diagnostics: readonly Diagnostic[];
}

/** `path` is the source or object that the user named: findings with relative files are placed beside it. */
export async function judgeProgram(
  peer: ElevatedPeer,
  object: BuiltObject,
  program: ObjectProgram,
  path: string,
  token?: CancellationToken,
): Promise<Judged> {
  const judgement = await peer.request(
    "verify.judge",
    {
      object: object.bytes.toString("base64"),
      name: object.name,
      program: program.name,
      asXdp: program.xdp === "unknown-name",
    },
    token,
  );
  const { accepted, log, error } = judgement;
  const verdict: ProgramVerdict = {
    name: program.name,
    section: program.section,
    type: program.type,
    accepted,
    instructions:
      accepted && judgement.xlatedBytes > 0 ? judgement.xlatedBytes / instructionBytes : program.instructions,
    processed: judgement.processed,
    jitedBytes: judgement.jitedBytes,
    error,
    log: log === "" ? judgement.libbpf : log,
  };
  if (accepted) return { verdict, diagnostics: [] };
  const found = diagnose({ object: object.contents, program: program.name, log, error });
  const file = found.file === "" ? path : isAbsolute(found.file) ? found.file : resolve(dirname(path), found.file);
  return { verdict, diagnostics: [{ ...found, file }] };
}
