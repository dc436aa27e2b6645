/** The pins of a program that was replaced or detached go, unless it runs at another place still. */
import type { HelperContext } from "../context.ts";
import { listInterfaces } from "../interfaces/list.ts";
import { hasPins, unpinProgArrays } from "./prog-array-pins.ts";

export async function unpinUnlessAttached(context: HelperContext, programs: Iterable<number>): Promise<void> {
  const pinned = [...new Set(programs)].filter(hasPins);
  if (pinned.length === 0) return;
  const { interfaces } = await listInterfaces(context, "elevated");
  const attached = new Set(interfaces.flatMap((one) => one.attached.map(({ id }) => id)));
  for (const id of pinned) if (!attached.has(id)) unpinProgArrays(id);
}
