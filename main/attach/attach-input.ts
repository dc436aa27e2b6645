/** object ─attach▶ attachment: build, choose, check what is there, hand the whole decision to the helper. */
import type { CancellationToken } from "vscode-jsonrpc";
import type {
  AttachAllParams,
  AttachedAll,
  Attachment,
  AttachParams,
  LoadSettings,
  PrepareParams,
} from "../../protocol/attach.ts";
import { Failed } from "../../protocol/failures.ts";
import type { MapOutcome } from "../../protocol/reload.ts";
import type { BuildOutcome, BuiltObject } from "../build/build-input.ts";
import { buildObject } from "../build/build-object.ts";
import { chooseProgram } from "../build/choose-program.ts";
import type { ElevatedPeer, HelperPool } from "../helpers/helper-pool.ts";
import { judgeProgram } from "../verify/judge-program.ts";
import { type TellHowLong, tellingHowLong } from "../verify/telling-how-long.ts";
import type { Attachments } from "./attachments.ts";
import { type ChosenTarget, chooseTargets, placesInWords, programsThatEnd } from "./choose-targets.ts";
import { fallingBack, type Settled } from "./fall-back.ts";
import { checkLoad } from "./load-settings.ts";
import type { ChosenMap } from "./reload/choose-fates.ts";
import { carryMaps, chooseMaps, outcomes, reused, shown } from "./reload/keep-maps.ts";

export interface AttachOutcome {
  readonly attachment: Attachment;
  readonly built: BuildOutcome;
}

/** As {@link attachEverywhere}, to one place. */
export async function attachInput(
  helpers: HelperPool,
  attachments: Attachments,
  { place, replace, ...params }: AttachParams,
  token?: CancellationToken,
  tell?: TellHowLong,
): Promise<AttachOutcome> {
  const all = { ...params, places: [place], replace: replace === null ? [] : [replace] };
  const done = await attachEverywhere(helpers, attachments, all, token, tell);
  const [attachment] = done.attached.attachments;
  if (attachment === undefined) throw new Error(`attach to ${place.name}: attached to nothing`);
  return { attachment, built: done.built };
}

export interface AttachAllOutcome {
  readonly attached: AttachedAll;
  readonly built: BuildOutcome;
}

/**
 * One load, one set of maps, at all of the places or at none. Auto tries native where the driver has it; where the kernel
 * refuses, all is done again with skb there.
 * @throws Failed `build-failed`, `rejected`, `foreign-program`, `not-found`, `ambiguous`, `unsupported`, `no-privilege`,
 * `bad-value` (what `load` wants is not possible), `kernel`, `helper-gone`, and what buildInput throws
 */
export async function attachEverywhere(
  helpers: HelperPool,
  attachments: Attachments,
  params: AttachAllParams,
  token?: CancellationToken,
  tell?: TellHowLong,
): Promise<AttachAllOutcome> {
  return fallingBack(params.mode, (settled) => attachOnce(helpers, attachments, { params, settled }, token, tell));
}

async function attachOnce(
  helpers: HelperPool,
  attachments: Attachments,
  { params, settled }: { readonly params: AttachAllParams; readonly settled: readonly Settled[] },
  token?: CancellationToken,
  tell?: TellHowLong,
): Promise<AttachAllOutcome> {
  const doing = `attach to ${placesInWords(params.places)}`;
  // The helper may have to ask for a password: the build need not wait for that.
  const [built, elevated] = await Promise.all([
    buildObject(helpers.plain, params.input, doing, token),
    helpers.elevated(doing),
  ]);
  const { object } = built;
  const program = chooseProgram(object.contents, params.program);
  const load = checkLoad(object, params.load);
  const listing = await elevated.request("interfaces.list", {}, token);
  const targets = chooseTargets(listing, attachments, params.places, params.mode, params.replace, settled);
  const running = targets.flatMap(({ current }) => current ?? []);
  const chosen = await chooseMaps(elevated, object, running, load, params.load, token);
  const wanted = {
    object: object.bytes.toString("base64"),
    name: object.name,
    program: program.name,
    asXdp: program.xdp === "unknown-name",
    targets: targets.map(({ place, mode, expected }) => ({ place, mode, expected })),
    settings: { ...load.settings, reuse: reused(chosen) },
    source: params.input.path,
    ...(params.confirmWithin === undefined ? {} : { confirmWithin: params.confirmWithin }),
  };
  const prepare = () =>
    tellingHowLong(tell, program.name, token, () => elevated.request("attach.prepare", wanted, token));
  const prepared = await prepare().catch(async (error: unknown) => {
    if (!(error instanceof Failed) || error.failure.kind !== "rejected") throw error;
    // The same verdict as Verify gives, with its place in the C source.
    const judged = await judgeProgram(elevated, object, program, built.build.path, token, { settings: load.settings });
    throw new Failed({ ...error.failure, diagnostics: [...judged.diagnostics] });
  });
  const loaded = { ...prepared, program: { ...prepared.program, name: program.name } };
  const done = await commit(elevated, attachments, { wanted, loaded, object, chosen, params }, token);
  // a guard may bring them back
  if (done.guard === null) for (const ended of programsThatEnd(listing, targets)) attachments.forget(ended);
  const kept = await outcomes(elevated, chosen, done.carried);
  const maps = loaded.maps.map((map) => ({ ...map, name: shown(map.name) }));
  return {
    attached: {
      attachments: done.attachments.map((one, at) => ({ ...one, ...whyOf(targets[at]), maps, kept })),
      guard: done.guard,
    },
    built,
  };
}

function whyOf(target: ChosenTarget | undefined): { readonly modeWhy?: string } {
  return target?.modeWhy === undefined ? {} : { modeWhy: target.modeWhy };
}

interface Commit {
  readonly wanted: PrepareParams & { readonly settings: LoadSettings };
  readonly loaded: {
    readonly prepared: number;
    readonly program: { readonly id: number; readonly tag: string; readonly loadTime: string; readonly name: string };
    readonly maps: readonly { readonly name: string; readonly id: number }[];
  };
  readonly object: BuiltObject;
  readonly chosen: readonly ChosenMap[];
  readonly params: AttachAllParams;
}

/** Loaded, filled, remembered, and only then put in its places: no packet sees an empty map, and no crash a stranger. */
async function commit(
  elevated: ElevatedPeer,
  attachments: Attachments,
  { wanted, loaded, object, chosen, params }: Commit,
  token?: CancellationToken,
): Promise<AttachedAll & { readonly carried: readonly MapOutcome[] }> {
  const { prepared, maps } = loaded;
  const { id, tag, loadTime, name } = loaded.program;
  const program = { id, tag, loadTime, name };
  try {
    const carried = await carryMaps(elevated, chosen, maps, params.load, token);
    const { maxEntries, sections } = wanted.settings;
    const [first] = params.places;
    if (first === undefined) throw new Error("attach: to no place");
    attachments.remember(
      {
        ...{ program, place: first, source: params.input.path },
        ...{ maps: maps.map((map) => ({ ...map, name: shown(map.name) })), load: { maxEntries, sections } },
      },
      hasCompanions(object.contents) ? object.bytes : null,
    );
    return { ...(await elevated.request("attach.commit", { prepared }, token)), carried };
  } catch (error) {
    // Where the helper is gone, so is what it held; a guard may have attached all the same.
    if (elevated.open) {
      attachments.forget(program);
      await elevated.request("attach.discard", { prepared }).catch(() => undefined);
    }
    throw error;
  }
}

/** Whether entries of maps may want other programs of the object later. */
function hasCompanions({ programs, maps }: BuiltObject["contents"]): boolean {
  const tails = programs.length > 1 && maps.some(({ type }) => type === "prog_array");
  return tails || programs.some(({ attachesTo }) => attachesTo === "devmap" || attachesTo === "cpumap");
}
