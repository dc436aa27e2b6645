/** xdpw preflight: what stands in the way of an attach, and what mends it. Touches nothing. */
import type { Preflight, PreflightLine } from "../../protocol/preflight.ts";
import { wantedMode } from "../../protocol/interfaces.ts";
import { symbol } from "../../protocol/wire.ts";
import { preflightPlaces } from "../attach/preflight/preflight.ts";
import { sayNetns } from "../interfaces/find-interface.ts";
import { checked, inputAt } from "./checked.ts";
import { findDevice, listFor, placeOf, wantedPlace } from "./choose-place.ts";
import { type Answer, type CommandContext, flagText, neededFlag, type Paint } from "./command.ts";

type Here = Preflight["places"][number];

export async function runPreflight(context: CommandContext): Promise<Answer> {
  const { typed, cwd, handlers } = context;
  const file = typed.arguments[0];
  const input = file === undefined ? null : inputAt(file, cwd);
  const { netns } = wantedPlace(typed);
  const mode = wantedMode.parse(flagText(typed, "mode") ?? "auto");
  const program = checked(symbol.nullable(), flagText(typed, "prog"), "--prog", "a program's name");
  const place = placeOf(findDevice(await listFor(context, netns), netns, neededFlag(typed, "dev")));
  const { places } = await handlers["attach.preflight"]({ input, program, places: [place], mode }, context);
  return {
    ok: places.every(({ lines }) => lines.every(({ weight }) => weight !== "stops")),
    text: places.map((here) => preflightText(here, context.paint)).join(""),
    json: { value: places.map(preflightJson) },
  };
}

/**
 * What stops or costs, for whoever attaches without asking first; what would be cut off is told with the deadline that
 * goes with it. Says nothing where it cannot look: the attach will.
 */
export async function preflightNotes(
  { workbench, token }: Pick<CommandContext, "workbench" | "token">,
  params: Parameters<typeof preflightPlaces>[1] & { readonly replace: readonly number[] },
): Promise<string[]> {
  const { replace, ...asked } = params;
  const isOurs: typeof workbench.attachments.isOurs = (one) =>
    ("id" in one && replace.includes(one.id)) || workbench.attachments.isOurs(one);
  const rooms = { helpers: workbench.helpers, attachments: { isOurs }, confirmWithin: 0 };
  const found = await preflightPlaces(rooms, asked, token).catch(() => null);
  const heavy = (found?.places ?? []).flatMap(({ place, lines }) =>
    lines.filter(({ weight, about }) => weight !== "fine" && about !== "own-network").map((line) => ({ place, line })),
  );
  return heavy.flatMap(({ place, line }) => [
    `${line.weight === "stops" ? "expected to stop it" : "note"}: ${place.name}: ${line.text}`,
    ...line.fixes.map(({ command }) => `  $ ${command}`),
  ]);
}

function preflightText(here: Here, paint: Paint): string {
  const { place, mode, modeWhy, lines, carries, confirmWithin } = here;
  const confirm =
    confirmWithin === null ? [] : [`  attach with --confirm ${confirmWithin}: it carries ${carries.join(" and ")}`];
  return `${[
    `${paint.bold(place.name)} in ${sayNetns(place.netns)}: ${mode} (${modeWhy})`,
    ...lines.flatMap((line) => lineText(line, paint)),
    ...confirm,
  ].join("\n")}\n`;
}

function lineText({ about, weight, text, evidence, expectation, fixes }: PreflightLine, paint: Paint): string[] {
  const colour = { stops: paint.red, costs: paint.yellow, fine: paint.green }[weight];
  const from = `${evidence}${expectation ? "; an expectation: the kernel decides" : ""}`;
  return [
    `  ${colour(weight.padEnd(5))}  ${about}: ${text}`,
    ...(evidence === "" ? [] : [paint.dim(`         ${from}`)]),
    ...fixes.map((fix) => `         $ ${fix.command}${paint.dim(`  # ${fix.text}`)}`),
  ];
}

function preflightJson({ place, mode, modeWhy, lines, carries, confirmWithin }: Here) {
  return {
    ...place,
    mode,
    mode_why: modeWhy,
    lines: lines.map(({ fixes, ...line }) => ({
      ...line,
      fixes: fixes.map(({ command, text }) => ({ command, text })),
    })),
    carries,
    confirm_within: confirmWithin,
  };
}
