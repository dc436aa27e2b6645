/** xdpw map journal, survey, undo, redo: what was applied to maps since this boot, and the ways back and forth. */
import type { Applied, JournalEntry } from "../../protocol/changes.ts";
import { conflictsShown } from "../../protocol/changes.ts";
import { fail } from "../../protocol/failures.ts";
import { columns } from "./columns.ts";
import type { Answer, CommandContext } from "./command.ts";
import { openMap } from "./open-map.ts";

export async function runMapJournal(context: CommandContext): Promise<Answer> {
  const { typed, handlers, token, paint } = context;
  const id = typed.arguments[0] === undefined ? null : (await openMap(context, "read")).description.map.id;
  const { journals } = await handlers["maps.journals"]({ id }, { token });
  const rows = journals.map(({ journal, map, title, at, added, replaced, removed, state, towards }) => [
    journal,
    `${map.name} (id ${map.id})`,
    new Date(at * 1000).toISOString().slice(0, 19).replace("T", " "),
    `+${added} ~${replaced} -${removed}`,
    state === "interrupted" ? `interrupted on its way to ${towards}` : state,
    title,
  ]);
  const broken: string[] = [];
  for (const entry of journals.filter(({ state }) => state === "interrupted")) {
    const found = await handlers["maps.survey"]({ journal: entry.journal }, { token }).catch(() => null);
    if (found === null) continue;
    const { journal, map, title } = entry;
    const all = found.after + found.before + found.other;
    broken.push(
      `${title} in map ${map.name} (id ${map.id}): ${found.after} of ${all} rows are in; resume: xdpw map redo ${journal}, or undo: xdpw map undo ${journal}\n`,
    );
  }
  const header = ["journal", "map", "applied (UTC)", "rows", "state", "what"];
  return {
    ok: true,
    text:
      rows.length === 0
        ? "nothing was applied since this boot\n"
        : `${columns(header, rows, { head: paint.dim })}${broken.join("")}`,
    json: { value: journals },
  };
}

export async function runMapSurvey({ typed, handlers, token }: CommandContext): Promise<Answer> {
  const entry = await chosen(typed.arguments[0], handlers, token);
  const survey = await handlers["maps.survey"]({ journal: entry.journal }, { token });
  const list = (words: string, count: number, keys: readonly string[]): string =>
    count === 0 ? "" : `${words}: ${count}\n${keys.map((key) => `  ${key}\n`).join("")}${more(count - keys.length)}`;
  const { keys } = survey;
  return {
    ok: true,
    text: [
      `${entry.title}, map ${entry.map.name} (id ${entry.map.id}), ${entry.state}\n`,
      list("as they are after it", survey.after, keys.after),
      list("as they were before it", survey.before, keys.before),
      list("changed by somebody else", survey.other, keys.other),
    ].join(""),
    json: { value: { journal: entry, ...survey } },
  };
}

export function runMapUndo(context: CommandContext): Promise<Answer> {
  return go(context, "maps.undo", "taken back");
}

export function runMapRedo(context: CommandContext): Promise<Answer> {
  return go(context, "maps.redo", "in");
}

async function go(
  { typed, handlers, token, paint }: CommandContext,
  way: "maps.undo" | "maps.redo",
  words: string,
): Promise<Answer> {
  const entry = await chosen(typed.arguments[0], handlers, token);
  const applied = await handlers[way]({ journal: entry.journal }, { token });
  const { conflictCount, ended } = applied;
  const good = ended === null && conflictCount === 0;
  const head = `${good ? paint.green(words) : paint.yellow(words)}: ${applied.done} rows of ${entry.map.name} (id ${entry.map.id})\n`;
  return { ok: good, text: head + appliedText(applied), json: { value: applied } };
}

/** What did not go as asked, in lines; empty where all did. */
export function appliedText({ conflicts, conflictCount, untouched, ended, journal }: Applied): string {
  const lines = conflicts.map(({ what, before, after, now }) => {
    const key = (after ?? before ?? now ?? []).join(" ");
    return `  ${conflictWords[what]}: ${key}${now === null ? "" : `; there is ${now.join(" ")}`}\n`;
  });
  return [
    conflictCount === 0 ? "" : `${conflictCount} conflicts with somebody else's changes:\n${lines.join("")}`,
    more(conflictCount - conflicts.length),
    ended === null ? "" : `ended before its end: ${ended}\n`,
    untouched === 0
      ? ""
      : `${untouched} rows were not reached: xdpw map redo ${journal}, or xdpw map undo ${journal}\n`,
  ].join("");
}

const conflictWords = {
  other: "left, for it was changed meanwhile",
  missing: "left, for it is gone",
  exists: "not added, for there is one already",
  overwritten: "changed, and overwritten since",
  removed: "changed, and removed since",
} as const;

function more(count: number): string {
  return count > 0 ? `  and ${count} more (the first ${conflictsShown} are listed)\n` : "";
}

/** By its id, the beginning of it, or the latest. */
async function chosen(
  name: string | undefined,
  handlers: CommandContext["handlers"],
  token: CommandContext["token"],
): Promise<JournalEntry> {
  const { journals } = await handlers["maps.journals"]({ id: null }, { token });
  const fitting =
    name === undefined ? journals.slice(0, 1) : journals.filter(({ journal }) => journal.startsWith(name));
  const [one, ...others] = fitting;
  if (one === undefined) {
    const message =
      name === undefined
        ? "nothing was applied to a map since this boot"
        : `there are no changes ${name}: xdpw map journal lists them`;
    return fail({ kind: "not-found", message, what: "journal", name: name ?? "" });
  }
  if (others.length > 0) {
    const names = fitting.map(({ journal }) => journal).join(", ");
    return fail({ kind: "usage", message: `changes ${name}: several begin so: ${names}` });
  }
  return one;
}
