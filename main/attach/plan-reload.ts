/** What an attach would do with the running program's maps, and what can be set before the load. Attaches nothing. */
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import type { Place, WantedMode } from "../../protocol/interfaces.ts";
import type { MapPlan, ReloadPlan, reloadPlanParams } from "../../protocol/reload.ts";
import { buildObject } from "../build/build-object.ts";
import { chooseProgram } from "../build/choose-program.ts";
import type { ElevatedPeer, HelperPool } from "../helpers/helper-pool.ts";
import { findPlace, sayNetns } from "../interfaces/find-interface.ts";
import { listInterfaces } from "../interfaces/list-interfaces.ts";
import { formatColumn } from "../tables/format-value.ts";
import type { Attachments } from "./attachments.ts";
import { inTheWay } from "./check-foreign.ts";
import { chooseMode } from "./choose-mode.ts";
import { describeGlobal, type TypedSection, type TypedVariable } from "./describe-globals.ts";
import { checkLoad } from "./load-settings.ts";
import { compareObject, type MapDecision } from "./reload/compare-object.ts";
import { convertEntry, keyText, valueText } from "./reload/convert-entry.ts";
import { type RunningMap, runningMaps, surveyMap } from "./reload/running-maps.ts";

type ReloadPlanParams = z.infer<typeof reloadPlanParams>;

/**
 * @throws Failed `build-failed`, `bad-value` (a size or global of `load`), `not-found`, `ambiguous`, `no-privilege` where
 * something runs there and its maps cannot be read, and what buildInput throws
 */
export async function planReload(
  helpers: HelperPool,
  attachments: Attachments,
  params: ReloadPlanParams,
  token?: CancellationToken,
): Promise<ReloadPlan> {
  // The helper may have to ask for a password: the build need not wait for that.
  const [{ object }, there] = await Promise.all([
    buildObject(helpers.plain, params.input, "plan the load", token),
    params.place === null ? null : whatRuns(helpers, params.place, params.mode ?? "auto", token),
  ]);
  const program = chooseProgram(object.contents, params.program);
  const { maxEntries } = checkLoad(object, params.load);
  const running = there === null ? [] : await runningMaps(there.peer, there.program.id, token);
  const { maps, sections, gone } = await compareObject(there?.peer ?? null, object, running, maxEntries, token);
  const count = async (map: RunningMap): Promise<number> =>
    there === null ? 0 : (await surveyMap(there.peer, map, token)).entries;
  const plan: MapPlan[] = [];
  for (const map of maps) plan.push(await describeDecision(there?.peer ?? null, map, token));
  const lost: ReloadPlan["gone"] = [];
  for (const map of gone) lost.push({ name: map.name, id: map.id, entries: await count(map) });
  const values = there === null ? null : await runningValues(there.peer, running, token);
  return {
    program: program.name,
    replaces: there?.program ?? null,
    foreign: there !== null && !attachments.isOurs(there.program),
    maps: plan,
    gone: lost,
    globals: sections.flatMap((section) =>
      section.variables.map((variable) => describeGlobal(section, variable, values?.(section, variable) ?? null)),
    ),
  };
}

/** Asks for root only where something may run whose maps are to be read. */
async function whatRuns(helpers: HelperPool, place: Place, mode: WantedMode, token?: CancellationToken) {
  const where = `${place.name} in ${sayNetns(place.netns)}`;
  if (place.netns === null && (await helpers.elevatedIfFree()) === null) {
    const seen = findPlace(await listInterfaces(helpers), place);
    if (seen.attached.length === 0) return null;
  }
  const peer = await helpers.elevated(`read the maps of what runs on ${where}`);
  const device = findPlace(await peer.request("interfaces.list", {}, token), place);
  const program = inTheWay(device, chooseMode(device, mode));
  return program === null ? null : { peer, program };
}

async function describeDecision(
  peer: ElevatedPeer | null,
  { name, type, maxEntries, running, comparison, layout, section }: MapDecision,
  token?: CancellationToken,
): Promise<MapPlan> {
  const { choices, why, fields, conversion } = comparison;
  const plan = { name, type, maxEntries, choices: [...choices], why, fields: [...fields] };
  if (running === null || peer === null) return { ...plan, running: null, examples: [] };
  const { entries, examples } = await surveyMap(peer, running, token);
  const shown = choices[0] === "carry" && section === null ? examples : [];
  return {
    ...plan,
    running: { id: running.id, entries, maxEntries: running.description.map.maxEntries },
    examples: shown.map((entry) => {
      const converted = conversion === null ? null : convertEntry(conversion, running.layout, layout, entry);
      return {
        key: keyText(running.layout, entry.key),
        was: valueText(running.layout, entry.key, entry.value),
        becomes: converted === null ? "(does not fit: left out)" : valueText(layout, converted.key, converted.value),
      };
    }),
  };
}

/** What the running program has in a variable of the same name and type, as text. */
async function runningValues(peer: ElevatedPeer, running: readonly RunningMap[], token?: CancellationToken) {
  const texts = new Map<string, { readonly type: string; readonly size: number; readonly text: string }>();
  for (const { id, section } of running) {
    if (section === null) continue;
    const { value } = await peer.request("maps.lookup", { id, key: Buffer.alloc(4).toString("base64") }, token);
    const bytes = Buffer.from(value ?? "", "base64");
    for (const { name, offset, node } of section.root.members) {
      if (offset + node.size > bytes.length) continue;
      const text = formatColumn({ path: name, offset, node }, bytes, section.littleEndian);
      texts.set(`${section.name} ${name}`, { type: node.type, size: node.size, text });
    }
  }
  return (section: TypedSection, { name, column }: TypedVariable): string | null => {
    const found = texts.get(`${section.name} ${name}`);
    return found?.type === column.node.type && found.size === column.node.size ? found.text : null;
  };
}
