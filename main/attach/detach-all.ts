/** Takes off what is ours, wherever it is: one that will not go does not keep the others. */
import type * as z from "zod";
import type { detachedAll } from "../../protocol/attach.ts";
import { Failed } from "../../protocol/failures.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import type { Attachments } from "./attachments.ts";
import { type Ours, oursAmong } from "./ours.ts";

export type DetachedAll = z.infer<typeof detachedAll>;

/** @param which all of ours by default */
export async function detachAll(
  peer: ElevatedPeer,
  attachments: Attachments,
  which: (one: Ours) => boolean = () => true,
): Promise<DetachedAll> {
  const ours = oursAmong(await peer.request("interfaces.list", {}), attachments).filter(which);
  const done: DetachedAll = { detached: [], failed: [] };
  const stays = new Set<number>();
  for (const { place, program } of ours) {
    try {
      const expected = { mode: program.mode, id: program.id };
      done.detached.push(await peer.request("attach.detach", { place, expected }));
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      stays.add(program.id);
      done.failed.push({ place, program, why: error.message });
    }
  }
  for (const { program } of ours) if (!stays.has(program.id)) attachments.forget(program);
  return done;
}
