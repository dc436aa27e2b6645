/** Maps themselves over sample data: who uses them, and what is done to them. */
import type { workbench } from "../../protocol/contracts.ts";
import { fail } from "../../protocol/failures.ts";
import type { MapUse } from "../../protocol/manage-maps.ts";
import type { MapListed } from "../../protocol/maps.ts";
import type { Handlers } from "../../protocol/peer.ts";

const methods = [
  ...(["maps.overview", "maps.create", "maps.pin", "maps.unpin", "maps.freeze", "maps.clear"] as const),
  ...(["maps.release", "maps.inner", "maps.next", "maps.contains"] as const),
] as const;
type Managing = { [M in (typeof methods)[number]]: (typeof workbench)[M] };

export function fakeManaging(list: () => readonly MapListed[]): Handlers<Managing> {
  const made: MapListed[] = [];
  const uses = new Map<number, MapUse>();
  const all = (): readonly MapListed[] => [...list(), ...made];
  const useOf = (id: number): MapUse =>
    uses.get(id) ?? {
      ...{ id, memory: String(8192 + id * 100), frozen: false, ownerType: null, pins: [], outers: [], held: false },
      processes: id === 41 ? [{ pid: 4242, name: "xdp-loader" }] : [],
    };
  const change = (id: number, how: Partial<MapUse>): void => {
    uses.set(id, { ...useOf(id), ...how });
  };
  return {
    "maps.overview": async () => ({ maps: all().map((map) => ({ ...map, ...useOf(map.id) })) }),
    "maps.create": async ({ pin, name, type, keySize, valueSize, maxEntries, flags }) => {
      const id = 900 + made.length;
      made.push({
        ...{ name, type, keySize, valueSize, maxEntries, flags, id, btfId: 0, btfKeyTypeId: 0, btfValueTypeId: 0 },
        programs: [],
      });
      change(id, { pins: pin === null ? [] : [pin], held: pin === null });
      return { id };
    },
    "maps.pin": async ({ id, path }) => {
      if (!path.startsWith("/sys/fs/bpf/")) {
        const message = `pin map id ${id} at ${path}: pins are named by their path under /sys/fs/bpf`;
        fail({ kind: "bad-value", field: "path", message });
      }
      change(id, { pins: [...useOf(id).pins, path], held: false });
      return {};
    },
    "maps.unpin": async ({ id, path }) => {
      change(id, { pins: useOf(id).pins.filter((one) => one !== path) });
      return {};
    },
    "maps.freeze": async ({ id }) => {
      change(id, { frozen: true });
      return {};
    },
    "maps.clear": async () => ({ cleared: 3, journal: null }),
    "maps.release": async ({ id }) => {
      change(id, { held: false });
      return {};
    },
    "maps.inner": async () => ({ like: null, fitting: [] }),
    "maps.next": async ({ take }) => ({ cells: take ? null : ["7"] }),
    "maps.contains": async ({ cells }) => ({ there: cells[0] === "5" }),
  };
}
