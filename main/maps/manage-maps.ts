/** Maps themselves: who uses them, and what a window does to them. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { workbench } from "../../protocol/contracts.ts";
import { fail } from "../../protocol/failures.ts";
import type { MapShown } from "../../protocol/manage-maps.ts";
import type { Handlers } from "../../protocol/peer.ts";
import * as twins from "../commands/map-twins.ts";
import type { Twin } from "../commands/twins.ts";
import type { ElevatedPeer, HelperPool } from "../helpers/helper-pool.ts";
import { typedLayoutOf } from "../rows/typed-layout.ts";
import type { MapShapes } from "../rows/map-shapes.ts";
import { formatEntryCells } from "../tables/format-entry.ts";
import { parseCells } from "../tables/parse-value.ts";
import type { Cleared } from "./clear-entries.ts";
import { describeEntries } from "./describe-entries.ts";
import { innerMaps } from "./inner-maps.ts";
import { listed } from "./list-maps.ts";

const methods = [
  ...(["maps.overview", "maps.create", "maps.pin", "maps.unpin", "maps.freeze", "maps.clear"] as const),
  ...(["maps.release", "maps.inner", "maps.next", "maps.contains"] as const),
] as const;
type Managing = { [M in (typeof methods)[number]]: (typeof workbench)[M] };

export interface ManageOptions {
  readonly helpers: HelperPool;
  readonly shapes: MapShapes;
  readonly did: (twin: Twin) => void;
  /** see clear-entries.ts */
  readonly clear: (peer: ElevatedPeer, id: number, token: CancellationToken) => Promise<Cleared>;
  /** something was written by us */
  readonly poke: (id: number) => void;
}

/** The maps of the machine with who holds them. */
export async function overview(peer: ElevatedPeer): Promise<readonly MapShown[]> {
  const [maps, { uses }] = await Promise.all([listed(peer), peer.request("maps.uses", {})]);
  const byId = new Map(uses.map((use) => [use.id, use]));
  return maps.flatMap((map) => {
    // made between the two answers: the next look has it
    const use = byId.get(map.id);
    return use === undefined ? [] : [{ ...map, ...use }];
  });
}

export function manageMaps({ helpers, shapes, did, clear, poke }: ManageOptions): Handlers<Managing> {
  const named = async (peer: ElevatedPeer, id: number): Promise<{ readonly id: number; readonly name: string }> =>
    (await listed(peer)).find((map) => map.id === id) ??
    fail({ kind: "not-found", what: "map", name: `id ${id}`, message: `map id ${id}: it is gone` });
  const layoutOf = async (peer: ElevatedPeer, id: number) => {
    const described = await describeEntries(peer, id);
    return typedLayoutOf(described, shapes.of(described.description.map.name));
  };
  return {
    "maps.overview": async () => {
      const peer = await helpers.elevatedIfFree();
      return { maps: peer === null ? [] : [...(await overview(peer))] };
    },
    "maps.create": async (params) => {
      const peer = await helpers.elevated(`create map ${params.name}`);
      const made = await peer.request("maps.create", params);
      const { pin, ...map } = params;
      did(twins.createMapTwin(map, pin));
      return made;
    },
    "maps.pin": async (params) => {
      const peer = await helpers.elevated(`pin map id ${params.id}`);
      const map = await named(peer, params.id);
      await peer.request("maps.pin", params);
      did(twins.pinMapTwin(map, params.path));
      return {};
    },
    "maps.unpin": async (params) => {
      const peer = await helpers.elevated(`unpin map id ${params.id}`);
      const map = await named(peer, params.id);
      await peer.request("maps.unpin", params);
      did(twins.unpinMapTwin(map, params.path));
      return {};
    },
    "maps.freeze": async ({ id }) => {
      const peer = await helpers.elevated(`freeze map id ${id}`);
      const map = await named(peer, id);
      await peer.request("maps.freeze", { id });
      did(twins.freezeMapTwin(map));
      return {};
    },
    "maps.clear": async ({ id }, { token }) => {
      const peer = await helpers.elevated(`clear map id ${id}`);
      const map = await named(peer, id);
      const done = await clear(peer, id, token);
      did(twins.clearMapTwin(map));
      poke(id);
      return done;
    },
    "maps.release": async ({ id }) =>
      (await helpers.elevated(`let go of map id ${id}`)).request("maps.release", { id }),
    "maps.inner": async ({ id }) => innerMaps(await helpers.elevated(`read map id ${id}`), id),
    "maps.next": async ({ id, take }) => {
      const peer = await helpers.elevated(`read map id ${id}`);
      const layout = await layoutOf(peer, id);
      const { value } = take
        ? await peer.request("maps.take", { id })
        : await peer.request("maps.lookup", { id, key: "" });
      if (take && value !== null) did(twins.takeTwin(await named(peer, id)));
      if (value === null) return { cells: null };
      const { cells } = formatEntryCells(layout, Buffer.alloc(0), Buffer.from(value, "base64"));
      return { cells: cells.slice(layout.key.columns.length) };
    },
    "maps.contains": async ({ id, cells }) => {
      const peer = await helpers.elevated(`read map id ${id}`);
      const parsed = parseCells((await layoutOf(peer, id)).value, cells, null);
      if (!parsed.ok) return fail(parsed.failure);
      return peer.request("maps.contains", { id, value: Buffer.from(parsed.bytes).toString("base64") });
    },
  };
}
