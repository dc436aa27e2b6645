/** xdpw attach: object ─attach▶ attachment. */
import type { AttachedAll, Attachment } from "../../protocol/attach.ts";
import { Failed } from "../../protocol/failures.ts";
import { type Place, type WantedMode, wantedMode } from "../../protocol/interfaces.ts";
import { interfaceName, symbol } from "../../protocol/wire.ts";
import { attachEverywhere } from "../attach/attach-input.ts";
import { attachAllTwin } from "../commands/guard-twins.ts";
import { sayNetns } from "../interfaces/find-interface.ts";
import { awaitWord } from "./await-word.ts";
import { checked, checkedNumber, inputAt } from "./checked.ts";
import { findDevice, listFor, placeOf, wantedPlace } from "./choose-place.ts";
import { type Answer, type CommandContext, flagText, flagTexts, neededArgument, type Typed } from "./command.ts";
import { guardJson, howToConfirm } from "./guard-text.ts";
import { programJson } from "./json-shapes.ts";
import { fatesOf, needsPlan, parseLoadFlags } from "./load-flags.ts";
import { outcomeLine, planJson, planText } from "./plan-text.ts";
import { preflightNotes } from "./preflight.ts";

export async function runAttach(context: CommandContext): Promise<Answer> {
  const { typed, cwd, workbench, handlers, token, note, commands, person } = context;
  const input = inputAt(neededArgument(typed, 0), cwd);
  const { netns } = wantedPlace(typed);
  const devices = flagTexts(typed, "dev").map(checkedDevice);
  const mode = wantedMode.parse(flagText(typed, "mode") ?? "auto");
  const program = checked(symbol.nullable(), flagText(typed, "prog"), "--prog", "a program's name");
  const replace = replaced(typed);
  const seconds = flagText(typed, "confirm");
  const confirmWithin = seconds === null ? null : checkedNumber(seconds, 1, 3600, "--confirm");
  const flags = parseLoadFlags(typed);
  // The compiler's helper starts beside the elevated one, not after it.
  workbench.helpers.plain().catch(() => undefined);
  await workbench.helpers.elevated(`attach to ${devices.join(", ")} in ${sayNetns(netns)}`);
  const listing = await listFor(context, netns);
  const places = devices.map((device) => placeOf(findDevice(listing, netns, device)));
  const [place] = places;
  if (place === undefined) throw new Error("flag --dev is not declared as required");
  const planning = typed.flags["plan"] === true;
  const asked = { input, program, place, mode, load: flags.load };
  const plan = planning || needsPlan(flags) ? await handlers["attach.plan"](asked, context) : null;
  const fates = plan === null ? [] : fatesOf(plan, flags);
  if (plan !== null && planning) {
    const text = planText(plan, fates, `${place.name} in ${sayNetns(netns)}`, context.paint);
    return { ok: true, text, json: { value: planJson(plan, fates) } };
  }
  if (confirmWithin === null) await warnOfCut(context, places, mode);
  const ahead = { input, program, places, mode, replace: replace === null ? [] : [replace] };
  for (const line of await preflightNotes(context, ahead)) note(line);
  const params = {
    ...{ input, program, places, mode, replace: replace === null ? [] : [replace] },
    load: { ...flags.load, maps: fates },
    ...(confirmWithin === null ? {} : { confirmWithin }),
  };
  // The wire's method keeps the build to itself; here its notes are of use.
  const { attached, built } = await attachEverywhere(workbench.helpers, workbench.attachments, params, token);
  const { attachments, guard } = attached;
  const remarks = new Set([...built.build.notes, ...attachments.flatMap(({ notes }) => notes ?? [])]);
  for (const remark of remarks) note(`note: ${remark}`);
  for (const { replaced: before, maps } of attachments) {
    if (plan === null && before !== null && maps.length > 0)
      note(
        `note: maps of ${before.name} (id ${before.id}) are not taken over: --maps keep or carry does (--plan shows how)`,
      );
  }
  commands(attachAllTwin(input.path, built.build.stages, attached, params.load).lines);
  const text = attachments.map((one) => attachmentText(one, context)).join("");
  if (guard === null || person === null) {
    const deadline = guard === null ? "" : howToConfirm(guard);
    return { ok: true, text: `${text}${deadline}`, json: { value: attachedJson(attached) } };
  }
  await context.show({ ok: true, text, json: { value: null } });
  const settled = await awaitWord(context, person, guard);
  return { ok: settled.state === "confirmed", text: `${settled.words}\n`, json: { value: guardJson(settled) } };
}

function checkedDevice(device: string): string {
  return checked(
    interfaceName,
    device,
    "--dev",
    "an interface's name: at most 15 bytes, no slash, colon or white space",
  );
}

/** Scripts want what they attach to stay, so that no deadline is set unasked; but nobody is cut off without a word. */
async function warnOfCut(context: CommandContext, places: readonly Place[], mode: WantedMode): Promise<void> {
  const { handlers, note } = context;
  try {
    const asked = { input: null, program: null, places: [...places], mode };
    const preflight = await handlers["attach.preflight"](asked, context);
    for (const { place, carries, confirmWithin } of preflight.places) {
      if (confirmWithin === null) continue;
      const what = carries.length === 0 ? "your way to this machine" : carries.join(" and ");
      note(
        `warning: ${place.name} carries ${what}: with --confirm ${confirmWithin} what was there before is back unless you confirm in time`,
      );
    }
  } catch (error) {
    // the attach itself says what is wrong
    if (!(error instanceof Failed)) throw error;
  }
}

function attachedJson({ attachments, guard }: AttachedAll) {
  const all = attachments.map(attachmentJson);
  const deadline = guard === null ? {} : { guard: guardJson(guard) };
  const [only, ...others] = all;
  return others.length === 0 ? { ...only, ...deadline } : { attachments: all, ...deadline };
}

/** @throws Failed `usage` */
export function replaced(typed: Typed): number | null {
  const text = flagText(typed, "replace");
  return text === null ? null : checkedNumber(text, 1, 0xffff_ffff, "--replace");
}

function attachmentJson({ place, program, maps, kept, replaced: previous, gapNanoseconds, modeWhy }: Attachment) {
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
    mode_why: modeWhy ?? null,
  };
}

function attachmentText(attachment: Attachment, { paint }: CommandContext): string {
  const { place, program, maps, kept, replaced: previous, gapNanoseconds, modeWhy } = attachment;
  const lines = [
    `${paint.green("attached")} ${program.name} to ${place.name} in ${sayNetns(place.netns)}: ${program.mode}${modeWhy === undefined ? "" : ` (auto: ${modeWhy})`}, id ${program.id}, tag ${program.tag}${program.jited ? ", jited" : ""}`,
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
