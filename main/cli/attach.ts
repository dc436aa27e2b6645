/** xdpw attach: object ─attach▶ attachment. */
import type { Attachment } from "../../protocol/attach.ts";
import { wantedMode } from "../../protocol/interfaces.ts";
import { symbol } from "../../protocol/wire.ts";
import { attachInput } from "../attach/attach-input.ts";
import { attachTwin } from "../commands/twins.ts";
import { sayNetns } from "../interfaces/find-interface.ts";
import { checked, checkedNumber, inputAt } from "./checked.ts";
import { findDevice, listFor, placeOf, wantedPlace } from "./choose-place.ts";
import { type Answer, type CommandContext, flagText, neededArgument, neededFlag, type Typed } from "./command.ts";
import { programJson } from "./json-shapes.ts";
import { fatesOf, needsPlan, parseLoadFlags } from "./load-flags.ts";
import { outcomeLine, planJson, planText } from "./plan-text.ts";

export async function runAttach(context: CommandContext): Promise<Answer> {
  const { typed, cwd, workbench, handlers, token, note, commands } = context;
  const input = inputAt(neededArgument(typed, 0), cwd);
  const { netns } = wantedPlace(typed);
  const device = neededFlag(typed, "dev");
  const mode = wantedMode.parse(flagText(typed, "mode") ?? "auto");
  const program = checked(symbol.nullable(), flagText(typed, "prog"), "--prog", "a program's name");
  const replace = replaced(typed);
  const flags = parseLoadFlags(typed);
  // The compiler's helper starts beside the elevated one, not after it.
  workbench.helpers.plain().catch(() => undefined);
  await workbench.helpers.elevated(`attach to ${device} in ${sayNetns(netns)}`);
  const found = findDevice(await listFor(context, netns), netns, device);
  const place = placeOf(found);
  const planning = typed.flags["plan"] === true;
  const asked = { input, program, place, mode, load: flags.load };
  const plan = planning || needsPlan(flags) ? await handlers["attach.plan"](asked, context) : null;
  const fates = plan === null ? [] : fatesOf(plan, flags);
  if (plan !== null && planning) {
    const text = planText(plan, fates, `${place.name} in ${sayNetns(netns)}`, context.paint);
    return { ok: true, text, json: { value: planJson(plan, fates) } };
  }
  const params = { input, program, place, mode, replace, load: { ...flags.load, maps: fates } };
  // The wire's method keeps the build to itself; here its notes are of use.
  const { attachment, built } = await attachInput(workbench.helpers, workbench.attachments, params, token);
  for (const remark of [...built.build.notes, ...(attachment.notes ?? [])]) note(`note: ${remark}`);
  const { replaced: before } = attachment;
  if (plan === null && before !== null && attachment.maps.length > 0)
    note(
      `note: maps of ${before.name} (id ${before.id}) are not taken over: --maps keep or carry does (--plan shows how)`,
    );
  commands(attachTwin(input.path, built.build.stages, attachment, params.load).lines);
  return { ok: true, text: attachmentText(attachment, context), json: { value: attachmentJson(attachment) } };
}

/** @throws Failed `usage` */
export function replaced(typed: Typed): number | null {
  const text = flagText(typed, "replace");
  return text === null ? null : checkedNumber(text, 1, 0xffff_ffff, "--replace");
}

function attachmentJson({ place, program, maps, kept, replaced: previous, gapNanoseconds }: Attachment) {
  const { ifindex, name, netns } = place;
  return {
    ifindex,
    name,
    netns,
    program: programJson(program),
    maps,
    kept,
    replaced: previous === null ? null : programJson(previous),
    gap_ns: gapNanoseconds,
  };
}

function attachmentText(attachment: Attachment, { paint }: CommandContext): string {
  const { place, program, maps, kept, replaced: previous, gapNanoseconds } = attachment;
  const lines = [
    `${paint.green("attached")} ${program.name} to ${place.name} in ${sayNetns(place.netns)}: ${program.mode}, id ${program.id}, tag ${program.tag}${program.jited ? ", jited" : ""}`,
  ];
  if (previous !== null) {
    const how =
      gapNanoseconds === null
        ? "in one step"
        : `between modes: nothing ran for ${(Number(gapNanoseconds) / 1e6).toFixed(3)} ms`;
    lines.push(`  in place of ${previous.name} (id ${previous.id}, ${previous.mode}), ${how}`);
  }
  for (const map of maps) lines.push(`  map ${map.name} (id ${map.id})`);
  lines.push(...kept.map(outcomeLine));
  return `${lines.join("\n")}\n`;
}
