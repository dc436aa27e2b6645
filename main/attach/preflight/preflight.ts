/** What stands in the way of an attach, place by place. Touches nothing; what it says of limits the kernel decides. */
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import type { AttachedProgram, WantedMode } from "../../../protocol/interfaces.ts";
import type { Looked, PlaceFacts } from "../../../protocol/place-facts.ts";
import type { Preflight, PreflightLine, preflightParams } from "../../../protocol/preflight.ts";
import { buildObject } from "../../build/build-object.ts";
import { chooseProgram } from "../../build/choose-program.ts";
import type { HelperPool } from "../../helpers/helper-pool.ts";
import type { Attachments } from "../attachments.ts";
import { chooseHere, driverLine, modeLine } from "./choose-here.ts";
import { nativeLines } from "./native-lines.ts";
import { networkLines } from "./network-lines.ts";
import { objectLines } from "./object-lines.ts";
import { occupiedLines } from "./occupied-lines.ts";
import { type ProgramTraits, programTraits } from "./program-traits.ts";
import { redirectLines } from "./redirect-lines.ts";
import { userConnection } from "./user-connection.ts";

type PreflightParams = z.infer<typeof preflightParams>;

export interface PreflightRooms {
  readonly helpers: HelperPool;
  readonly attachments: Pick<Attachments, "isOurs">;
  /** seconds that are proposed where an interface carries the user's own network; 0 for none */
  readonly confirmWithin: number;
}

/** @throws Failed `build-failed`, `not-found`, `ambiguous`, `bad-object`, `no-privilege`, and what buildInput throws */
export async function preflightPlaces(
  { helpers, attachments, confirmWithin }: PreflightRooms,
  { input, program, places, mode }: PreflightParams,
  token?: CancellationToken,
): Promise<Preflight> {
  const traits = input === null ? null : await traitsOf(helpers, input, program, token);
  const asked = { places, redirects: traits?.redirectsToDevices ?? false, ssh: userConnection(process.env) };
  const elevated = await helpers.elevatedIfFree();
  const looked = await (elevated?.request("attach.look", asked, token) ??
    (await helpers.plain()).request("attach.look", asked, token));
  const isOurs = (one: AttachedProgram): boolean => attachments.isOurs(one);
  return {
    places: looked.places.map((place) => preflightHere(place, { looked, traits, mode, isOurs, confirmWithin })),
  };
}

async function traitsOf(
  helpers: HelperPool,
  input: NonNullable<PreflightParams["input"]>,
  program: string | null,
  token?: CancellationToken,
): Promise<ProgramTraits> {
  const { object } = await buildObject(helpers.plain, input, "look ahead of the attach", token);
  return programTraits(object, chooseProgram(object.contents, program));
}

export interface Asked {
  readonly looked: Pick<Looked, "cpus" | "kernel" | "kernelBtf">;
  /** null where there is no program yet */
  readonly traits: ProgramTraits | null;
  readonly mode: WantedMode;
  readonly isOurs: (program: AttachedProgram) => boolean;
  readonly confirmWithin: number;
}

/** A pure function of what was looked at. The heaviest lines come first. */
export function preflightHere(
  place: PlaceFacts,
  { looked, traits, mode: wanted, isOurs, confirmWithin }: Asked,
): Preflight["places"][number] {
  const native = nativeLines(place, traits, looked.cpus);
  const here = chooseHere(place, wanted, native);
  const lines: PreflightLine[] = [
    driverLine(place),
    modeLine(place, wanted, here),
    // auto goes around what stops native mode: it costs then, and what mends it still brings native mode
    ...(here.mode === "native" ? native : here.refused ? native.map(softened) : []),
    ...occupiedLines(place, here.mode, isOurs),
    ...(traits !== null && here.mode === "native" ? redirectLines(place, traits) : []),
    ...(traits !== null ? objectLines(place, here.mode, traits, looked) : []),
    ...networkLines(place),
  ];
  const { netns, ifindex, name } = place.interface;
  return {
    place: { netns, ifindex, name },
    mode: here.mode,
    modeWhy: here.why,
    lines: lines.toSorted((one, other) => weights[one.weight] - weights[other.weight]),
    carries: place.carries,
    confirmWithin: place.carries.length > 0 && confirmWithin > 0 ? confirmWithin : null,
  };
}

const weights = { stops: 0, costs: 1, fine: 2 } as const;

function softened(line: PreflightLine): PreflightLine {
  return line.weight === "stops" ? { ...line, weight: "costs" } : line;
}
