/** object ─attach▶ attachment: loaded, swapped in where main saw what it saw, and left to the kernel. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { Attachment } from "../../protocol/attach.ts";
import { Failed } from "../../protocol/failures.ts";
import type { HelperContext } from "../context.ts";
import { naming } from "../failures.ts";
import { holding } from "../ledger.ts";
import type { LoadedObject, NativeFace } from "../native/face.ts";
import { attachedProgram, programInfo } from "../programs.ts";
import { type AttachProgramParams, loadProgram } from "./load-program.ts";
import { attachedNow, atPlace, type Entry, expectAttached } from "./place.ts";
import { pinProgArrays, unpinProgArrays } from "./prog-array-pins.ts";
import { swap } from "./swap.ts";

type Context = Pick<HelperContext, "native" | "ledger" | "environment">;

/** Cancelled, it ends before the swap; from there on what was begun is done. */
export async function attach(
  context: Context,
  params: AttachProgramParams,
  token: CancellationToken,
): Promise<Attachment> {
  const { native, ledger } = context;
  // before the load, so that a vanished interface is not blamed on the program
  check(native, params);
  return holding(
    ledger,
    `program ${params.program} for ${params.place.name}`,
    () => loadProgram(native, params, token),
    // what is attached stays: netlink holds the program, and the program its maps
    (loaded) => loaded.close(),
    (loaded) => putLoaded(context, params, loaded, token),
  );
}

export function check(native: NativeFace, { place, expected, mode }: AttachProgramParams): void {
  atPlace(native, place, () => expectAttached(native, place, attachedNow(native, place), expected, mode));
}

/** The caller closes what was loaded. */
export async function putLoaded(
  context: Context,
  params: AttachProgramParams,
  loaded: LoadedObject,
  token: CancellationToken,
): Promise<Attachment> {
  const mapIds = loaded.maps.map(({ id }) => id);
  const { pinned, note } = await pinProgArrays(context, loaded.programId, mapIds);
  try {
    if (token.isCancellationRequested) {
      throw new Failed({ kind: "cancelled", message: `attach ${params.program}: cancelled` });
    }
    const attachment = put(context.native, params, loaded);
    return note === null ? attachment : { ...attachment, notes: [note] };
  } catch (error) {
    if (pinned) unpinProgArrays(loaded.programId);
    throw error;
  }
}

/** From the check to the swap nothing waits, so that what was checked is what is replaced. */
function put(native: NativeFace, params: AttachProgramParams, loaded: LoadedObject): Attachment {
  const { place, mode, expected } = params;
  const info = native.programInfo(loaded.programId);
  const previous = expected === null ? null : programInfo(native, expected.id);
  const previousFd = expected === null ? null : openExpected(native, expected);
  try {
    const outgoing = expected === null || previousFd === null ? null : { ...expected, fd: previousFd };
    const gap = atPlace(native, place, () => {
      expectAttached(native, place, attachedNow(native, place), expected, mode);
      return swap(native, place, { name: info.name, fd: loaded.programFd, mode }, outgoing);
    });
    if (expected !== null) unpinProgArrays(expected.id);
    return {
      place,
      program: attachedProgram(mode, info),
      maps: loaded.maps.map(({ name, id }) => ({ name, id })),
      kept: [],
      replaced: expected === null || previous === null ? null : attachedProgram(expected.mode, previous),
      gapNanoseconds: gap?.toString() ?? null,
    };
  } finally {
    if (previousFd !== null) native.closeFd(previousFd);
  }
}

export function openExpected(native: NativeFace, expected: Entry): number {
  const subject = { what: "program", name: `id ${expected.id}` };
  return naming({ doing: `open program id ${expected.id}`, subject }, () => native.openProgram(expected.id));
}
