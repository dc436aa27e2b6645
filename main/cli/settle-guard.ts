/** xdpw confirm and xdpw rollback: the user's word on what was attached with a deadline, from any terminal. */
import { chooseGuard, guardWords } from "../attach/guards/guards.ts";
import { confirmTwin, rollBackTwin } from "../commands/guard-twins.ts";
import { guardId } from "../../protocol/guard.ts";
import { checked } from "./checked.ts";
import type { Answer, CommandContext } from "./command.ts";
import { guardJson } from "./guard-text.ts";

export function runConfirm(context: CommandContext): Promise<Answer> {
  return settle(context, "guards.confirm", "confirmed");
}

export function runRollback(context: CommandContext): Promise<Answer> {
  return settle(context, "guards.rollBack", "rolled-back");
}

async function settle(
  context: CommandContext,
  how: "guards.confirm" | "guards.rollBack",
  wanted: "confirmed" | "rolled-back",
): Promise<Answer> {
  const { typed, workbench, handlers, paint, commands } = context;
  const id = checked(guardId.nullable(), typed.arguments[0] ?? null, "GUARD", "the 16 digits that attach printed");
  await workbench.helpers.elevated("say what becomes of an attach with a deadline");
  const meant = chooseGuard(await handlers["guards.list"]({}, context), id);
  const settled = await handlers[how]({ guard: meant.guard }, context);
  commands((wanted === "confirmed" ? confirmTwin : rollBackTwin)(settled).lines);
  const ok = settled.state === wanted;
  const first = ok ? paint.green(settled.state) : paint.red(settled.state);
  return {
    ok,
    text: `${first} ${guardWords(settled)}\n  ${settled.words}\n`,
    json: { value: guardJson(settled) },
  };
}
