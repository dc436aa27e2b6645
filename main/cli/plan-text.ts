/** What an attach would do, for people and for --json. */
import type { FieldChange, MapFate, MapOutcome, MapPlan, ReloadPlan } from "../../protocol/reload.ts";
import { columns } from "./columns.ts";
import type { Paint } from "./command.ts";
import { programJson } from "./json-shapes.ts";

type Fates = readonly { readonly name: string; readonly fate: MapFate }[];

export function planJson(plan: ReloadPlan, fates: Fates) {
  return {
    program: plan.program,
    replaces: plan.replaces === null ? null : programJson(plan.replaces),
    foreign: plan.foreign,
    maps: plan.maps.map(({ running, maxEntries, ...map }) => ({
      ...map,
      running: running === null ? null : { id: running.id, entries: running.entries, max_entries: running.maxEntries },
      max_entries: maxEntries,
      fate: fateOf(map.name, fates),
    })),
    gone: plan.gone,
    globals: plan.globals.map(({ readOnly, ...global }) => ({ ...global, read_only: readOnly })),
  };
}

export function planText(plan: ReloadPlan, fates: Fates, where: string, paint: Paint): string {
  const { replaces } = plan;
  const lines = [
    replaces === null
      ? `${plan.program}: nothing runs on ${where}`
      : `${plan.program} in place of ${replaces.name} (id ${replaces.id}, ${replaces.mode}${plan.foreign ? ", foreign" : ""}) on ${where}`,
  ];
  for (const map of plan.maps) lines.push(...mapLines(map, fateOf(map.name, fates), paint));
  for (const { name, entries } of plan.gone) lines.push(`  ${name}: gone in the newer build: ${entries} lost with it`);
  const text = `${lines.join("\n")}\n`;
  if (plan.globals.length === 0) return text;
  const rows = plan.globals.map(({ section, name, type, value, running, readOnly }) => [
    ...[name, type, section, value, running ?? ""],
    readOnly === null ? "" : "read-only",
  ]);
  return `${text}${columns(["global", "type", "section", "declared", "running", ""], rows, { head: paint.dim, right: [] })}`;
}

function mapLines(map: MapPlan, fate: MapFate, paint: Paint): readonly string[] {
  const { name, type, running, maxEntries, choices, why, fields, examples } = map;
  const now = running === null ? "new" : `id ${running.id}, ${running.entries} entries`;
  const word = fate === "empty" ? fate : paint.green(fate);
  return [
    `  ${name} (${type}, max_entries ${maxEntries}; ${now}): ${word}${choices.length > 1 ? ` of ${choices.join(", ")}` : ""}; ${why}`,
    ...fields.filter(({ what }) => what !== "same").map((field) => `    ${fieldLine(field)}`),
    ...examples.map(({ key, was, becomes }) => `    ${paint.dim(`${key}: ${was} -> ${becomes}`)}`),
  ];
}

function fieldLine({ path, what, was, becomes }: FieldChange): string {
  if (what === "new") return `+ ${becomes} ${path}: zero`;
  if (what === "gone") return `- ${was} ${path}: lost`;
  return `~ ${path}: ${was} -> ${becomes}${what === "unlike" ? ": cannot be carried, zero" : ""}`;
}

function fateOf(name: string, fates: Fates): MapFate {
  return fates.find((chosen) => chosen.name === name)?.fate ?? "empty";
}

export function outcomeLine({ name, fate, entries, lost }: MapOutcome): string {
  const kept = fate === "keep" ? `kept as it is, ${entries} entries` : `carried over, ${entries} entries`;
  return `  map ${name} ${kept}${lost > 0 ? `; ${lost} did not fit and are lost` : ""}`;
}
