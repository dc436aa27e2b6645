/** The running program's maps as the user wants them: kept as they are, carried over, or begun anew. */
import type { CancellationToken } from "vscode-jsonrpc";
import { Failed } from "../../../protocol/failures.ts";
import type { AttachedProgram } from "../../../protocol/interfaces.ts";
import type { LoadOptions, MapOutcome } from "../../../protocol/reload.ts";
import type { BuiltObject } from "../../build/build-input.ts";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import type { CheckedLoad } from "../load-settings.ts";
import { carryMap } from "./carry-map.ts";
import { type ChosenMap, chooseFates } from "./choose-fates.ts";
import { compareObject } from "./compare-object.ts";
import { runningMaps, surveyMap } from "./running-maps.ts";

/**
 * Nothing is asked of the running maps unless one of them is wanted.
 * @throws Failed `bad-value`, also where the places run different programs: whose maps they are to be cannot be told
 */
export async function chooseMaps(
  elevated: ElevatedPeer,
  object: BuiltObject,
  running: readonly AttachedProgram[],
  checked: CheckedLoad,
  load: LoadOptions | undefined,
  token?: CancellationToken,
): Promise<readonly ChosenMap[]> {
  if ((load?.maps ?? []).length === 0) return [];
  const [current, other] = running.filter(({ id }, index) => index === running.findIndex((one) => one.id === id));
  if (current !== undefined && other !== undefined) {
    throw new Failed({
      kind: "bad-value",
      field: "maps",
      message: `keep or carry maps: the places run different programs (${current.name}, id ${current.id}, and ${other.name}, id ${other.id}): attach to each on its own`,
    });
  }
  const before = current === undefined ? [] : await runningMaps(elevated, current.id, token);
  const { maps } = await compareObject(elevated, object, before, checked.maxEntries, token);
  return chooseFates(maps, load);
}

/** For the load: maps that take the place of new ones. */
export function reused(chosen: readonly ChosenMap[]) {
  return chosen.flatMap(({ fate, decision }) =>
    fate === "keep" && decision.running !== null ? [{ name: decision.name, id: decision.running.id }] : [],
  );
}

/** Into maps that are loaded and that no packet sees yet. */
export async function carryMaps(
  elevated: ElevatedPeer,
  chosen: readonly ChosenMap[],
  maps: readonly { readonly name: string; readonly id: number }[],
  load: LoadOptions | undefined,
  token?: CancellationToken,
): Promise<readonly MapOutcome[]> {
  const carried: MapOutcome[] = [];
  for (const { decision, fate } of chosen) {
    if (fate !== "carry") continue;
    const id = maps.find(({ name }) => name === decision.name || shown(name) === decision.name)?.id;
    if (id === undefined) throw new Error(`map ${decision.name}: the loaded object has none of that name`);
    carried.push(await carryMap(elevated, decision, id, load, token));
  }
  return carried;
}

/** libbpf calls the map of a section "object.data", and that of ".data.limits" as the section. */
export function shown(name: string): string {
  return /^[^.]*(\..+)$/.exec(name)?.[1] ?? name;
}

/** In the object's order; those that were kept are counted now. */
export async function outcomes(
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
