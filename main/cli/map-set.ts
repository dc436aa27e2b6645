/** xdpw map set: writes one entry, and shows it as the kernel has it then. */
import { entryProgramTwin, setTwin } from "../commands/twins.ts";
import { holdsIds } from "../tables/describe-map.ts";
import { isDevmap } from "../maps/devmap-names.ts";
import { type EntryProgramChoice, programIn, resolveEntry, typedId, writeEntry } from "../maps/entry-program.ts";
import { findMap } from "../maps/find-map.ts";
import { holdsMaps } from "../maps/inner-maps.ts";
import { withPortNames } from "../maps/ports.ts";
import { isMappable, patchesOf } from "../maps/patch-section.ts";
import { readRedirect, redirectJson } from "../maps/typed-redirect.ts";
import { outcomes, rowsOf } from "../maps/staged/change-rows.ts";
import { countedBits } from "../maps/staged/counted-bits.ts";
import { hasSpinLock } from "../maps/staged/has-spin-lock.ts";
import { writeRows } from "../maps/staged/write-rows.ts";
import { parseKeyText, parseValueText } from "../tables/parse-entry.ts";
import { fail } from "../../protocol/failures.ts";
import { type Answer, type CommandContext, neededArgument } from "./command.ts";
import { changeGuarded, confirmSeconds, untilConfirmed } from "./confirm-change.ts";
import { dryRun, tableOf } from "./dry-run.ts";
import { entryAnswer } from "./map-get.ts";
import { setVariable, variableOf } from "./map-variable.ts";
import { lookUp, noEntry, type OpenMap, openMap, typedBytes } from "./open-map.ts";

export async function runMapSet(context: CommandContext): Promise<Answer> {
  const { typed, token, commands } = context;
  const opened = await openMap(context, "write");
  const map = { ...opened, layout: await withPortNames(opened.peer, opened.description.map.id, opened.layout) };
  const { readOnly } = map.layout;
  if (readOnly !== null) return fail({ kind: "bad-value", field: "value", message: `${map.called} ${readOnly}` });
  const typedKey = neededArgument(typed, 1);
  const variable = variableOf(map, typedKey);
  if (variable !== null) return setVariable(context, map, variable, neededArgument(typed, 2));
  const key = typedBytes(map, parseKeyText(map.layout, typedKey));
  const asked = neededArgument(typed, 2);
  const before = await lookUp(map, key, token);
  const { text: typedValue, choice } = await resolved(context, map, asked, before === null);
  const value = typedBytes(map, parseValueText(map.layout, typedValue, before));
  if (typed.flags["dry-run"] === true) {
    return dryRun(context, map, tableOf(map, key, before), tableOf(map, key, value));
  }
  if (confirmSeconds(typed) !== undefined) {
    if (choice.load !== null) {
      const message = `${map.called}: the program of an entry is loaded by the setting: set it once without --confirm`;
      return fail({ kind: "bad-value", field: "value", message });
    }
    const { guard } = await changeGuarded(context, map, { key, was: before, value, title: `set ${typedKey}` });
    return untilConfirmed(context, await entryAnswer(context, map, key, value), guard);
  }
  const { id, name } = map.description.map;
  const { netns } = map.scope;
  if (map.section !== null && before !== null && isMappable(map.description.map)) {
    const all = { path: "", offset: 0, node: map.section.root };
    await map.peer.request("maps.patch", { id, patches: [...patchesOf([all], before, value)] }, token);
  } else {
    const kept = before !== null && choice.load === null && (await keepCounts(map, key, before, value));
    const params = { id, key: key.toString("base64"), value: value.toString("base64"), when: "any", netns } as const;
    if (!kept) await writeEntry(map.peer, context.workbench.attachments, params, choice);
  }
  const { type } = map.layout;
  const place = { id, name, netns: isDevmap(type) ? netns : null, byId: holdsIds(type) };
  // What the kernel has now, not what was asked for: an LRU map or a data plane may have been quicker.
  const now = (await lookUp(map, key, token)) ?? noEntry(map, typedKey);
  const program = programIn(map.layout, now);
  const words = { key: typedKey, value: asked };
  const twin =
    program === 0 || type === "prog_array"
      ? setTwin(place, key, value, "any", words)
      : entryProgramTwin(place, `id ${program}`, words);
  commands(twin.lines);
  return entryAnswer(context, map, key, now);
}

/**
 * Where programs count in the entry, beside what is set, their counts go on: false where nothing is counted, or the rest was
 * changed since it was read; then the value is written whole.
 */
async function keepCounts({ description, layout, peer, scope }: OpenMap, key: Buffer, was: Buffer, value: Buffer) {
  const counted = countedBits(layout);
  if (counted === null) return false;
  const { id, name, type, keySize } = description.map;
  const change = { key: key.toString("base64"), was: was.toString("base64"), value: value.toString("base64") };
  const rows = rowsOf([change], keySize, description.valueStride);
  if (rows === null) return false;
  const target = { id, name, type, netns: scope.netns, locked: hasSpinLock(description), counted };
  const { outcomes: came } = await writeRows(peer, target, rows);
  return came[0] === outcomes.done || came[0] === outcomes.already;
}

/** In a map of maps a map, in a devmap an interface may be named, and where entries run programs a program. @throws Failed `bad-value` */
async function resolved(
  { workbench }: CommandContext,
  map: OpenMap,
  text: string,
  isNew: boolean,
): Promise<{ readonly text: string; readonly choice: EntryProgramChoice }> {
  const summary = map.description.map;
  if (holdsMaps(summary)) {
    const id = typedId(text.replace(/^id=/, ""));
    return { text: `${id ?? (await findMap(map.peer, text, map.scope))}`, choice: { id: 0, load: null } };
  }
  const redirect = readRedirect(summary, text);
  if (redirect === null) return { text, choice: { id: 0, load: null } };
  const { first, program } = redirect;
  const named = isDevmap(summary.type) ? first : null;
  const found = await resolveEntry(map.peer, workbench.attachments, summary, map.scope.netns, {
    ...{ ifindex: named, program },
  });
  const json = redirectJson(summary, { first: found.ifindex ?? first, program: found.program }, isNew);
  return { text: json, choice: found.choice };
}
