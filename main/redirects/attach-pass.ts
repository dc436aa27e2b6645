/**
 * The pass template, attached where a redirect wants a program at the other end: as every attach, it is ours, and where the
 * interface carries the user's own network it is rolled back unless it is confirmed.
 */
import type { CancellationToken } from "vscode-jsonrpc";
import type { Place } from "../../protocol/interfaces.ts";
import { type AttachOutcome, attachInput } from "../attach/attach-input.ts";
import type { Attachments } from "../attach/attachments.ts";
import { type PreflightRooms, preflightPlaces } from "../attach/preflight/preflight.ts";
import { passSource } from "./remedies.ts";

interface Rooms extends PreflightRooms {
  readonly attachments: Attachments;
}

/** @throws Failed what attachInput throws; `foreign-program` where something is attached already */
export async function attachPass(
  rooms: Rooms,
  place: Place,
  token?: CancellationToken,
): Promise<AttachOutcome & { readonly path: string }> {
  const path = passSource();
  const { places } = await preflightPlaces(
    rooms,
    { input: null, program: null, places: [place], mode: "native" },
    token,
  );
  const seconds = places[0]?.confirmWithin ?? null;
  const wanted = {
    ...({ input: { path, text: null }, program: null, place, mode: "native", replace: null } as const),
    ...(seconds === null ? {} : { confirmWithin: seconds }),
  };
  return { ...(await attachInput(rooms.helpers, rooms.attachments, wanted, token)), path };
}
