/** xdpw status: interfaces, what their drivers can, and what is attached by whom, like `ip -br link`. */
import type { OurAttachment } from "../../protocol/attach.ts";
import { fail } from "../../protocol/failures.ts";
import type { Guard } from "../../protocol/guard.ts";
import type { AttachedProgram, NetworkInterface } from "../../protocol/interfaces.ts";
import { findDevice, listFor, placeOf, wantedPlace } from "./choose-place.ts";
import { columns } from "./columns.ts";
import type { Answer, CommandContext, Paint } from "./command.ts";
import { interfaceJson, programJson } from "./json-shapes.ts";
import { describeInFull, type InFull, inFullJson, inFullText } from "./status-in-full.ts";
import { visible } from "./visible.ts";

export async function runStatus(context: CommandContext): Promise<Answer> {
  const { typed, note, paint } = context;
  const { netns, device } = wantedPlace(typed);
  const listing = await listFor(context, netns);
  const chosen =
    device !== null
      ? [findDevice(listing, netns, device)]
      : typed.flags["netns"] === undefined
        ? listing.interfaces
        : listing.interfaces.filter((candidate) => candidate.netns === netns);
  if (chosen.length === 0) {
    const skipped = listing.skipped.find((candidate) => candidate.netns === netns);
    const known = [...new Set(listing.interfaces.flatMap((candidate) => candidate.netns ?? []))];
    return fail({
      kind: "not-found",
      what: "namespace",
      name: netns ?? "",
      message: `namespace ${netns ?? ""}: ${skipped?.why ?? `there is none of that name; there is ${known.join(", ") || "none at all"}`}`,
    });
  }
  if (typed.flags["netns"] === undefined) {
    for (const { netns: name, why } of listing.skipped) note(`namespace ${name ?? "(this)"}: not looked into: ${why}`);
  }
  // Waiting deadlines are found without root as well.
  const known: Known = {
    ours: (await context.handlers["attach.ours"]({}, context)).attachments,
    guards: (await context.handlers["guards.list"]({}, context)).guards.filter(({ state }) => state === "waiting"),
    now: Date.now() / 1000,
  };
  const full = new Map<NetworkInterface, InFull>();
  if (typed.flags["full"] === true) {
    if (device === null) fail({ kind: "usage", message: "--full wants --dev: one interface in full" });
    for (const one of chosen) full.set(one, await describeInFull(context, placeOf(one)));
  }
  const json = chosen.map((one) => ({
    ...interfaceJson(one),
    ...inFullJsonOf(full.get(one)),
    attached: one.attached.map((program) => ({
      ...programJson(program),
      ...whoseJson(knownOf(known, one, program)),
    })),
  }));
  const rest = [...full.values()].map((one) => inFullText(one, paint));
  return { ok: true, text: [statusText(chosen, paint, known), ...rest].join(""), json: { value: json } };
}

function inFullJsonOf(one: InFull | undefined) {
  return one === undefined ? {} : { details: inFullJson(one) };
}

/** What is known of attached programs beside what the kernel tells. */
interface Known {
  readonly ours: readonly OurAttachment[];
  readonly guards: readonly Guard[];
  /** seconds since 1970 */
  readonly now: number;
}

interface KnownProgram {
  readonly own: OurAttachment | null;
  readonly guard: Guard | null;
}

const nothingKnown: Known = { ours: [], guards: [], now: 0 };

function knownOf({ ours, guards }: Known, device: NetworkInterface, { id }: AttachedProgram): KnownProgram {
  const here = ({ place, program }: Pick<OurAttachment, "place" | "program">): boolean =>
    program.id === id && place.ifindex === device.ifindex && place.netns === device.netns;
  return { own: ours.find(here) ?? null, guard: guards.find(({ targets }) => targets.some(here)) ?? null };
}

function whoseJson({ own, guard }: KnownProgram) {
  return {
    ours: own !== null,
    source: own?.source ?? null,
    since: own?.since ?? null,
    guard: guard === null ? null : { id: guard.guard, seconds_left: guard.secondsLeft },
  };
}

export function statusText(devices: readonly NetworkInterface[], paint: Paint, known: Known = nothingKnown): string {
  const withNames = devices.some((device) => device.netns !== null);
  const rows = devices.map((device) => [
    ...(withNames ? [device.netns ?? "-"] : []),
    device.name,
    device.up ? "up" : "down",
    `${device.mtu}`,
    device.driver ?? "-",
    device.modes.join(",") || "-",
    device.attached.length === 0 ? "-" : device.attached.map(sayProgram).join("; "),
  ]);
  const header = [...(withNames ? ["netns"] : []), "interface", "state", "mtu", "driver", "modes", "attached"];
  return (
    columns(header, rows.map(seen), { head: paint.dim, right: [withNames ? 3 : 2] }) +
    attachedText(devices, paint, known)
  );
}

const seen = (row: readonly string[]): readonly string[] => row.map(visible);

/** A line for each attached program that something is known of: whose it is, since when, from where. */
function attachedText(devices: readonly NetworkInterface[], paint: Paint, known: Known): string {
  const rows = devices.flatMap((device) =>
    device.attached.flatMap((program) => {
      const { own, guard } = knownOf(known, device, program);
      if (known.ours.length === 0 && guard === null) return [];
      const words = [
        ...(own === null ? ["foreign"] : [`ours for ${sayTime(known.now - own.since)}, from ${own.source}`]),
        ...(guard === null
          ? []
          : [`rolled back in ${Math.ceil(guard.secondsLeft)} s unless: xdpw confirm ${guard.guard}`]),
      ];
      const where = device.netns === null ? device.name : `${device.name} in ${device.netns}`;
      return [[where, `id ${program.id}`, words.join("; ")]];
    }),
  );
  return rows.length === 0 ? "" : `\n${columns(null, rows.map(seen), { head: paint.dim })}`;
}

/** Two units at most: nobody needs the seconds of a day. */
export function sayTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

function sayProgram({ mode, id, name, tag, jited }: NetworkInterface["attached"][number]): string {
  // Without privilege the kernel tells only that there is one.
  return [mode, `id ${id}`, name, ...(tag === "" ? [] : [`tag ${tag}`]), ...(jited ? ["jited"] : [])]
    .filter((word) => word !== "")
    .join(" ");
}
