/** object ─attach▶ attachment: build, choose, check what is there, hand the whole decision to the helper. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { Attachment, AttachParams } from "../../protocol/attach.ts";
import { Failed } from "../../protocol/failures.ts";
import { type BuildOutcome, buildInput } from "../build/build-input.ts";
import { chooseProgram } from "../build/choose-program.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import { findPlace, sayNetns } from "../interfaces/find-interface.ts";
import { judgeProgram } from "../verify/judge-program.ts";
import { type TellHowLong, tellingHowLong } from "../verify/telling-how-long.ts";
import type { Attachments } from "./attachments.ts";
import { checkForeign } from "./check-foreign.ts";
import { chooseMode } from "./choose-mode.ts";

export interface AttachOutcome {
  readonly attachment: Attachment;
  readonly built: BuildOutcome;
}

/**
 * @throws Failed `build-failed`, `rejected`, `foreign-program`, `not-found`, `ambiguous`, `unsupported`, `no-privilege`,
 * `kernel`, `helper-gone`, and what buildInput throws
 */
export async function attachInput(
  helpers: HelperPool,
  attachments: Attachments,
  params: AttachParams,
  token?: CancellationToken,
  tell?: TellHowLong,
): Promise<AttachOutcome> {
  const where = `${params.place.name} in ${sayNetns(params.place.netns)}`;
  // The helper may have to ask for a password: the build need not wait for that.
  const [built, elevated] = await Promise.all([
    buildInput(helpers.plain, params.input, token),
    helpers.elevated(`attach to ${where}`),
  ]);
  if (built.object === null) {
    const first = built.build.diagnostics.find((finding) => finding.severity === "error");
    throw new Failed({
      kind: "build-failed",
      diagnostics: built.build.diagnostics,
      message: `attach to ${where}: ${params.input.path} does not compile${first ? ` (line ${first.line}: ${first.message})` : ""}`,
    });
  }
  const { name, bytes, contents } = built.object;
  const program = chooseProgram(contents, params.program);
  const device = findPlace(await elevated.request("interfaces.list", {}, token), params.place);
  const mode = chooseMode(device, params.mode);
  const current = checkForeign(device, attachments, params.replace, "replace");
  const object = bytes.toString("base64");
  const asXdp = program.xdp === "unknown-name";
  let attachment: Attachment;
  try {
    const asked = {
      object,
      name,
      program: program.name,
      asXdp,
      place: params.place,
      mode,
      expected: current === null ? null : { mode: current.mode, id: current.id },
    };
    attachment = await tellingHowLong(tell, program.name, token, () => elevated.request("attach.attach", asked, token));
  } catch (error) {
    if (!(error instanceof Failed) || error.failure.kind !== "rejected") throw error;
    // The same verdict as Verify gives, with its place in the C source.
    const judged = await judgeProgram(elevated, built.object, program, built.build.path, token);
    throw new Failed({ ...error.failure, diagnostics: [...judged.diagnostics] });
  }
  if (current !== null) attachments.forget(current);
  const { id, tag, loadTime } = attachment.program;
  attachments.remember({
    program: { id, tag, loadTime, name: program.name },
    place: params.place,
    source: params.input.path,
  });
  return { attachment, built };
}
