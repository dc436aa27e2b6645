/** --confirm of changes of a map: taken back by a guard unless somebody says that they stay. */
import type { Applied } from "../../protocol/changes.ts";
import { fail } from "../../protocol/failures.ts";
import { applyRows, type Changing } from "../maps/staged/apply-changes.ts";
import { rowsOf, type ChangeRows } from "../maps/staged/change-rows.ts";
import { awaitWord } from "./await-word.ts";
import { checkedNumber } from "./checked.ts";
import { type Answer, type CommandContext, flagText, type Typed } from "./command.ts";
import { guardJson, howToConfirm } from "./guard-text.ts";
import { appliedText } from "./map-journal.ts";
import type { OpenMap } from "./open-map.ts";

export function confirmSeconds(typed: Typed): number | undefined {
  const text = flagText(typed, "confirm");
  return text === null ? undefined : checkedNumber(text, 1, 3600, "--confirm");
}

/** The answer to a change that a guard watches, or the word of whoever is at the terminal. */
export async function untilConfirmed(
  context: CommandContext,
  answer: Answer,
  guard: Applied["guard"],
): Promise<Answer> {
  if (guard === undefined) return answer;
  if (context.person === null) {
    const { json, text } = answer;
    const value = "value" in json && typeof json.value === "object" ? json.value : {};
    const said = `${typeof text === "string" ? text : ""}${howToConfirm(guard)}`;
    return { ...answer, text: said, json: { value: { ...value, guard: guardJson(guard) } } };
  }
  await context.show(answer);
  const settled = await awaitWord(context, context.person, guard);
  return { ok: settled.state === "confirmed", text: `${settled.words}\n`, json: { value: guardJson(settled) } };
}

export function changing({ workbench, note }: CommandContext): Changing {
  let told = performance.now();
  return {
    helpers: workbench.helpers,
    attachments: workbench.attachments,
    journals: workbench.journals,
    shapes: workbench.shapes,
    tell({ done, total }) {
      if (performance.now() - told < 1_000) return;
      told = performance.now();
      note(`${done} of ${total} are in`);
    },
  };
}

interface OneChange {
  readonly key: Buffer;
  readonly was: Buffer | null;
  readonly value: Buffer | null;
  readonly title: string;
}

/** One entry through the journal, with a guard. @throws Failed where somebody else changed it meanwhile */
export async function changeGuarded(
  context: CommandContext,
  map: OpenMap,
  { key, was, value, title }: OneChange,
): Promise<Applied> {
  const base64 = (bytes: Buffer | null): string | null => bytes?.toString("base64") ?? null;
  const one = { key: key.toString("base64"), was: base64(was), value: base64(value) };
  const { map: summary, valueStride } = map.description;
  const rows: ChangeRows | null = rowsOf([one], summary.keySize, valueStride);
  if (rows === null)
    return fail({ kind: "bad-value", field: "value", message: `${map.called}: another size than the map's` });
  const confirm = confirmSeconds(context.typed);
  const { applied } = await applyRows(changing(context), map.peer, map, rows, {
    ...{ netns: map.scope.netns, title, confirm, token: context.token },
  });
  if (applied.ended === null && applied.conflictCount === 0) return applied;
  const message = `${title} in ${map.called}: ${appliedText(applied).trim()}`;
  return fail({ kind: "bad-value", field: "value", message });
}
