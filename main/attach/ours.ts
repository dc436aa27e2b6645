/** What of ours is attached: the kernel says what is where, the state directory what it came from. */
import type { OurAttachment } from "../../protocol/attach.ts";
import type { InterfaceListing } from "../../protocol/interfaces.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import type { AttachmentRecord, Attachments } from "./attachments.ts";

export interface Ours extends OurAttachment {
  readonly record: AttachmentRecord;
}

/** In the listing's order; a program may be at several places. */
export function oursAmong({ interfaces }: InterfaceListing, attachments: Attachments): readonly Ours[] {
  return interfaces.flatMap(({ netns, ifindex, name, attached }) =>
    attached.flatMap((program) => {
      const record = attachments.recordOf(program);
      if (record === null) return [];
      const { source, since = 0 } = record;
      return [{ place: { netns, ifindex, name }, program, source, since, record }];
    }),
  );
}

/** Asks nobody for leave: nothing where root would have to be asked for, which alone sees what is attached everywhere. */
export async function findOurs(helpers: HelperPool, attachments: Attachments): Promise<OurAttachment[]> {
  const peer = await helpers.elevatedIfFree();
  if (peer === null) return [];
  return oursAmong(await peer.request("interfaces.list", {}), attachments).map(({ place, program, source, since }) => ({
    ...{ place, program, source, since },
  }));
}
