/** Writes the variables of a section whose cells were typed, and no byte beside them. */
import type { MapSummary } from "../../protocol/maps.ts";
import { setVariableTwin, type Twin } from "../commands/twins.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import type { LayoutColumn } from "../tables/layout.ts";
import { formatColumn } from "../tables/format-value.ts";
import { patchesOf } from "./patch-section.ts";
import type { SectionMap } from "./section-map.ts";

interface Typed {
  readonly map: MapSummary;
  readonly section: SectionMap;
  readonly columns: readonly LayoutColumn[];
  /** a text for each column; null leaves it alone */
  readonly given: readonly (string | null)[];
}

/** @throws Failed `kernel` (a frozen section), `not-found` where the map is gone */
export async function setVariables(
  peer: ElevatedPeer,
  { map, section, columns, given }: Typed,
  before: Uint8Array,
  after: Uint8Array,
): Promise<Twin> {
  const typed = columns.filter((_, index) => (given[index] ?? null) !== null);
  await peer.request("maps.patch", { id: map.id, patches: [...patchesOf(typed, before, after)] });
  const names = section.root.members.filter(({ offset, node }) =>
    typed.some((column) => column.offset >= offset && column.offset < offset + node.size),
  );
  const [variable] = names;
  const value =
    variable === undefined ? "" : formatColumn({ ...variable, path: variable.name }, after, section.littleEndian);
  const what = names.map(({ name }) => name).join(", ");
  return setVariableTwin({ id: map.id, name: map.name, netns: null }, what, after, value);
}
