/** object ─attach▶ attachment: loaded, swapped in where main saw what it saw, and left to the kernel, or to a guard. */
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import type { AttachedAll, Attachment, attachProgramParams, PrepareParams } from "../../protocol/attach.ts";
import { Failed } from "../../protocol/failures.ts";
import type { Guard } from "../../protocol/guard.ts";
import type { HelperContext } from "../context.ts";
import { type Guards, isExpected, type Starting } from "../guard/guards.ts";
import { holding } from "../ledger.ts";
import type { LoadedObject, ProgramInfo } from "../native/face.ts";
import { loadProgram } from "./load-program.ts";
import { pinProgArrays, unpinProgArrays } from "./prog-array-pins.ts";
import { checkTargets, type Put, putAll } from "./put-all.ts";
import { unpinUnlessAttached } from "./unpin-unless-attached.ts";

/** Cancelled, it ends before the swap; from there on what was begun is done. */
export async function attach(
  context: HelperContext,
  guards: Guards,
  { place, mode, expected, ...load }: z.infer<typeof attachProgramParams>,
  token: CancellationToken,
): Promise<Attachment> {
  const { native, ledger } = context;
  const params: PrepareParams = { ...load, targets: [{ place, mode, expected }] };
  checkTargets(native, params.targets);
  const { attachments } = await holding(
    ledger,
    nameOf(params),
    () => loadProgram(native, params, token),
    // what is attached stays: netlink holds the program, and the program its maps
    (loaded) => loaded.close(),
    (loaded) => putLoaded(context, guards, { params, loaded, guard: null }, token),
  );
  const [attachment] = attachments;
  if (attachment === undefined) throw new Error("attached to nothing");
  return attachment;
}

export function nameOf({ program, targets }: PrepareParams): string {
  return `program ${program} for ${targets.map(({ place }) => place.name).join(", ")}`;
}

export interface Loaded {
  readonly params: PrepareParams;
  readonly loaded: LoadedObject;
  /** where a deadline is wanted: it attaches, not we */
  readonly guard: Starting | null;
}

/** The caller closes what was loaded. */
export async function putLoaded(
  context: HelperContext,
  guards: Guards,
  wanted: Loaded,
  token: CancellationToken,
): Promise<AttachedAll> {
  const { params, loaded, guard } = wanted;
  const info = context.native.programInfo(loaded.programId);
  const before = await guards.waitingAt(params.targets);
  if (token.isCancellationRequested) {
    throw new Failed({ kind: "cancelled", message: `attach ${params.program}: cancelled` });
  }
  const { puts, notes, placed } =
    guard === null
      ? { ...putHere(context, wanted, info), placed: null }
      : await putByGuard(wanted, guard, info, before);
  await guards.supersede(before);
  if (placed === null) await unpinUnlessAttached(context, outgoing(params, before));
  return {
    guard: placed,
    attachments: params.targets.flatMap(({ place }, index) => {
      const put = puts[index];
      if (put === undefined) return [];
      return [
        {
          ...{ place, program: put.program, replaced: put.replaced, gapNanoseconds: put.gapNanoseconds, kept: [] },
          maps: loaded.maps.map(({ name, id }) => ({ name, id })),
          ...(notes.length === 0 ? {} : { notes: [...notes] }),
          ...(placed === null ? {} : { guard: placed }),
        },
      ];
    }),
  };
}

type Done = {
  readonly puts: readonly Pick<Put, "program" | "replaced" | "gapNanoseconds">[];
  readonly notes: readonly string[];
};

function putHere({ native }: HelperContext, { params, loaded }: Loaded, info: ProgramInfo): Done {
  const note = pinProgArrays(native, info.id, mapIds(loaded));
  try {
    const puts = putAll(native, { info, fd: loaded.programFd }, params.targets);
    return { puts, notes: note === null ? [] : [note] };
  } catch (error) {
    unpinProgArrays(info.id);
    throw error;
  }
}

function mapIds(loaded: LoadedObject): readonly number[] {
  return loaded.maps.map(({ id }) => id);
}

/** What was never confirmed does not come back: in its place comes what its guard would put back. */
async function putByGuard(
  { params, loaded }: Loaded,
  guard: Starting,
  { id, tag, loadTime }: ProgramInfo,
  before: readonly Guard[],
): Promise<Done & { readonly placed: Guard }> {
  const unconfirmed = before.flatMap(({ targets }) => targets);
  const { confirmWithin = 0, source } = params;
  const answer = await guard.place({
    seconds: confirmWithin,
    program: { id, tag, loadTime: loadTime.toString() },
    maps: [...mapIds(loaded)],
    targets: params.targets.map((target) => {
      const last = unconfirmed.find((one) => isExpected(one, target));
      if (last === undefined) return { ...target, restore: target.expected };
      const { previous } = last;
      return { ...target, restore: previous === null ? null : { mode: previous.mode, id: previous.id } };
    }),
    ...(source === undefined ? {} : { source }),
  });
  return { puts: answer.placed, notes: answer.notes, placed: answer.guard };
}

/** Programs that nobody will bring back now. */
function outgoing({ targets }: PrepareParams, before: readonly Guard[]): readonly number[] {
  const replaced = targets.flatMap(({ expected }) => (expected === null ? [] : [expected.id]));
  return [...replaced, ...before.flatMap((guard) => guard.targets.flatMap(({ previous }) => previous?.id ?? []))];
}
