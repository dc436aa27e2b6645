/** One program of an object, loaded as main decided: maps reused, sizes and sections set. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { z } from "zod";
import type { attachProgramParams } from "../../protocol/attach.ts";
import { Failed, fail } from "../../protocol/failures.ts";
import { abortSignal } from "../abort-signal.ts";
import { errnoWords, isKernelError } from "../failures.ts";
import { namespacePath } from "../namespaces.ts";
import type { LoadedObject, NativeFace } from "../native/face.ts";
import { refusedLoad } from "../verify.ts";
import { settingsOf } from "./load-settings.ts";
import { refusedByDevice } from "./refused-by-device.ts";

export type AttachProgramParams = z.infer<typeof attachProgramParams>;

export async function loadProgram(
  native: NativeFace,
  params: AttachProgramParams,
  token: CancellationToken,
): Promise<LoadedObject> {
  const { place, program, name } = params;
  try {
    return await native.loadObject({
      bytes: Buffer.from(params.object, "base64"),
      name,
      program,
      asXdp: params.asXdp,
      netns: namespacePath(place.netns),
      offloadIfindex: params.mode === "hw" ? place.ifindex : null,
      logLevel: 1,
      signal: abortSignal(token),
      ...settingsOf(params.settings),
    });
  } catch (error) {
    if (!isKernelError(error)) throw error;
    const refused =
      (params.mode === "hw" ? refusedByDevice(error, params) : null) ??
      refusedLoad(error, program, name, native.capabilities());
    if (refused !== null) throw new Failed(refused);
    return fail({
      kind: "rejected",
      message: `attach ${program} to ${place.name}: ${params.mode === "hw" ? "the verifier or the device" : "the verifier"} rejects it: ${errnoWords(error.code, error.errno)} (${error.code})`,
      diagnostics: [],
      log: error.log ?? "",
    });
  }
}
