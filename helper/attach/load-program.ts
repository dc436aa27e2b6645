/** One program of an object, loaded as main decided: maps reused, sizes and sections set. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { PrepareParams } from "../../protocol/attach.ts";
import { Failed, fail } from "../../protocol/failures.ts";
import { abortSignal } from "../abort-signal.ts";
import { errnoWords, isKernelError } from "../failures.ts";
import { namespacePath } from "../namespaces.ts";
import type { LoadedObject, NativeFace } from "../native/face.ts";
import { refusedLoad } from "../verify.ts";
import { settingsOf } from "./load-settings.ts";
import { refusedByDevice } from "./refused-by-device.ts";

export async function loadProgram(
  native: NativeFace,
  params: PrepareParams,
  token: CancellationToken,
): Promise<LoadedObject> {
  const { program, name, targets } = params;
  const [first] = targets;
  if (first === undefined) throw new Error(`load ${program}: for no place`);
  const names = targets.map(({ place }) => place.name).join(", ");
  try {
    return await native.loadObject({
      bytes: Buffer.from(params.object, "base64"),
      name,
      program,
      asXdp: params.asXdp,
      // of several places the first says what the ifindexes in devmaps of the object mean
      netns: namespacePath(first.place.netns),
      offloadIfindex: first.mode === "hw" ? first.place.ifindex : null,
      logLevel: 1,
      signal: abortSignal(token),
      ...settingsOf(params.settings),
    });
  } catch (error) {
    if (!isKernelError(error)) throw error;
    const refused =
      (first.mode === "hw" ? refusedByDevice(error, program, first.place) : null) ??
      refusedLoad(error, program, name, native.capabilities());
    if (refused !== null) throw new Failed(refused);
    return fail({
      kind: "rejected",
      message: `attach ${program} to ${names}: ${first.mode === "hw" ? "the verifier or the device" : "the verifier"} rejects it: ${errnoWords(error.code, error.errno)} (${error.code})`,
      diagnostics: [],
      log: error.log ?? "",
    });
  }
}
