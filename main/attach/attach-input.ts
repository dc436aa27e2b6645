/** object ─attach▶ attachment: build, choose, check what is there, hand the whole decision to the helper. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { z } from "zod";
import type { Attachment, AttachParams, attachProgramParams } from "../../protocol/attach.ts";
import { Failed } from "../../protocol/failures.ts";
import type { AttachedProgram } from "../../protocol/interfaces.ts";
import type { MapOutcome } from "../../protocol/reload.ts";
import type { BuildOutcome, BuiltObject } from "../build/build-input.ts";
import { buildObject } from "../build/build-object.ts";
import { chooseProgram } from "../build/choose-program.ts";
import type { ElevatedPeer, HelperPool } from "../helpers/helper-pool.ts";
import { findPlace, sayNetns } from "../interfaces/find-interface.ts";
import { judgeProgram } from "../verify/judge-program.ts";
import { type TellHowLong, tellingHowLong } from "../verify/telling-how-long.ts";
import type { Attachments } from "./attachments.ts";
import { checkForeign } from "./check-foreign.ts";
import { chooseMode } from "./choose-mode.ts";
import { type CheckedLoad, checkLoad } from "./load-settings.ts";
import { carryMap } from "./reload/carry-map.ts";
import { type ChosenMap, chooseFates } from "./reload/choose-fates.ts";
import { compareObject } from "./reload/compare-object.ts";
import { runningMaps, surveyMap } from "./reload/running-maps.ts";

export interface AttachOutcome {
  readonly attachment: Attachment;
  readonly built: BuildOutcome;
}

/**
 * @throws Failed `build-failed`, `rejected`, `foreign-program`, `not-found`, `ambiguous`, `unsupported`, `no-privilege`,
 * `bad-value` (what `load` wants is not possible), `kernel`, `helper-gone`, and what buildInput throws
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
    buildObject(helpers.plain, params.input, `attach to ${where}`, token),
    helpers.elevated(`attach to ${where}`),
  ]);
  const { object } = built;
  const program = chooseProgram(object.contents, params.program);
  const load = checkLoad(object, params.load);
  const device = findPlace(await elevated.request("interfaces.list", {}, token), params.place);
  const mode = chooseMode(device, params.mode);
  const current = checkForeign(device, attachments, params.replace, { replaceIn: mode });
  const chosen = await chooseMaps(elevated, object, current, load, params, token);
  const wanted = {
    object: object.bytes.toString("base64"),
    name: object.name,
    program: program.name,
    asXdp: program.xdp === "unknown-name",
    place: params.place,
    mode,
    expected: current === null ? null : { mode: current.mode, id: current.id },
    settings: { ...load.settings, reuse: reused(chosen) },
  };
  let attachment: Attachment;
  try {
    const timed = <T>(run: () => Promise<T>): Promise<T> => tellingHowLong(tell, program.name, token, run);
    attachment = chosen.some(({ fate }) => fate === "carry")
      ? await attachFilled(elevated, wanted, chosen, params, timed, token)
      : await timed(() => elevated.request("attach.attach", wanted, token));
  } catch (error) {
    if (!(error instanceof Failed) || error.failure.kind !== "rejected") throw error;
    // The same verdict as Verify gives, with its place in the C source.
    const judged = await judgeProgram(elevated, object, program, built.build.path, token, { settings: load.settings });
    throw new Failed({ ...error.failure, diagnostics: [...judged.diagnostics] });
  }
  if (current !== null) attachments.forget(current);
  const { id, tag, loadTime } = attachment.program;
  const maps = attachment.maps.map((map) => ({ ...map, name: shown(map.name) }));
  const { maxEntries, sections } = load.settings;
  attachments.remember(
    {
      ...{ program: { id, tag, loadTime, name: program.name }, place: params.place, source: params.input.path },
      ...{ maps, load: { maxEntries, sections } },
    },
    hasCompanions(object.contents) ? object.bytes : null,
  );
  const kept = await outcomes(elevated, chosen, attachment.kept);
  return { attachment: { ...attachment, maps, kept }, built };
}

/** Whether entries of maps may want other programs of the object later. */
function hasCompanions({ programs }: BuiltObject["contents"]): boolean {
  return programs.some(({ attachesTo }) => attachesTo === "devmap" || attachesTo === "cpumap");
}

/** Nothing is asked of the running maps unless one of them is wanted. */
async function chooseMaps(
  elevated: ElevatedPeer,
  object: BuiltObject,
  current: AttachedProgram | null,
  load: CheckedLoad,
  params: AttachParams,
  token?: CancellationToken,
): Promise<readonly ChosenMap[]> {
  if ((params.load?.maps ?? []).length === 0) return [];
  const running = current === null ? [] : await runningMaps(elevated, current.id, token);
  const { maps } = await compareObject(elevated, object, running, load.maxEntries, token);
  return chooseFates(maps, params.load);
}

function reused(chosen: readonly ChosenMap[]) {
  return chosen.flatMap(({ fate, decision }) =>
    fate === "keep" && decision.running !== null ? [{ name: decision.name, id: decision.running.id }] : [],
  );
}

/** Loaded, filled, and only then put in the running program's place: no packet sees an empty map. */
async function attachFilled(
  elevated: ElevatedPeer,
  wanted: z.infer<typeof attachProgramParams>,
  chosen: readonly ChosenMap[],
  params: AttachParams,
  timed: <T>(run: () => Promise<T>) => Promise<T>,
  token?: CancellationToken,
): Promise<Attachment> {
  const { prepared, maps } = await timed(() => elevated.request("attach.prepare", wanted, token));
  try {
    const kept: MapOutcome[] = [];
    for (const { decision, fate } of chosen) {
      if (fate !== "carry") continue;
      const id = maps.find(({ name }) => name === decision.name || shown(name) === decision.name)?.id;
      if (id === undefined) throw new Error(`map ${decision.name}: the loaded object has none of that name`);
      kept.push(await carryMap(elevated, decision, id, params.load, token));
    }
    return { ...(await elevated.request("attach.commit", { prepared }, token)), kept };
  } catch (error) {
    // Where the helper is gone, so is what it held.
    await elevated.request("attach.discard", { prepared }).catch(() => undefined);
    throw error;
  }
}

/** libbpf calls the map of a section "object.data", and that of ".data.limits" as the section. */
function shown(name: string): string {
  return /^[^.]*(\..+)$/.exec(name)?.[1] ?? name;
}

/** In the object's order; those that were kept are counted now. */
async function outcomes(
  elevated: ElevatedPeer,
  chosen: readonly ChosenMap[],
  carried: readonly MapOutcome[],
): Promise<MapOutcome[]> {
  const all: MapOutcome[] = [];
  for (const { decision, fate } of chosen) {
    const known = carried.find(({ name }) => name === decision.name);
    if (known !== undefined) all.push(known);
    else if (fate === "keep" && decision.running !== null) {
      const { entries } = await surveyMap(elevated, decision.running).catch(() => ({ entries: 0 }));
      all.push({ name: decision.name, fate, entries, lost: 0 });
    }
  }
  return all;
}
