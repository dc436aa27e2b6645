/** MAP, --dev and --netns to one map with its layout. */
import { fail } from "../../protocol/failures.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { findMap } from "../maps/find-map.ts";
import { describeEntries, type DescribedMap } from "../maps/describe-entries.ts";
import { layoutForTyping } from "../rows/typed-layout.ts";
import type { Parsed } from "../tables/parse-value.ts";
import { wantedPlace, type WantedPlace } from "./choose-place.ts";
import { type CommandContext, neededArgument } from "./command.ts";

export interface OpenMap extends DescribedMap {
  readonly peer: ElevatedPeer;
  readonly scope: WantedPlace;
  /** for messages */
  readonly called: string;
}

/** With the layout that the user typed for maps of its name, and with names for what has them: see layoutForTyping. */
export async function openMap(context: CommandContext, verb: string): Promise<OpenMap> {
  const map = await openMapForFiles(context, verb);
  return { ...map, layout: await layoutForTyping(map.peer, map, context.workbench.shapes, false) };
}

/** As the kernel describes it: a file means the same wherever it is read. @throws Failed `not-found`, `ambiguous`, `usage`, `no-privilege`, `kernel` */
export async function openMapForFiles(context: CommandContext, verb: string): Promise<OpenMap> {
  const reference = neededArgument(context.typed, 0);
  const scope = wantedPlace(context.typed);
  const peer = await context.workbench.helpers.elevated(`${verb} map ${reference}`);
  const id = await findMap(peer, reference, scope);
  const described = await describeEntries(peer, id);
  const { name } = described.description.map;
  for (const { name: journal, about, running } of context.workbench.journals.list()) {
    if (about.map.id !== id || about.whole || running) continue;
    context.note(`note: ${about.title} broke off here: xdpw map survey ${journal} says which rows are in`);
  }
  return { ...described, peer, scope, called: name === "" ? `map id ${id}` : `map ${name} (id ${id})` };
}

/** The bytes that were typed. @throws Failed `bad-value` */
export function typedBytes(map: OpenMap, parsed: Parsed): Buffer {
  if (parsed.ok) return Buffer.from(parsed.bytes);
  const { field, message } = parsed.failure;
  return fail({ kind: "bad-value", field, message: `${map.called}: ${message}` });
}

/** null where there is no such entry */
export async function lookUp(map: OpenMap, key: Buffer, token: CommandContext["token"]): Promise<Buffer | null> {
  const { id } = map.description.map;
  const { value } = await map.peer.request("maps.lookup", { id, key: key.toString("base64") }, token);
  return value === null ? null : Buffer.from(value, "base64");
}

export function noEntry(map: OpenMap, key: string): never {
  return fail({
    kind: "not-found",
    what: "entry",
    name: key,
    message: `${map.called}: no entry with key ${key}`,
  });
}
