/** The list of all maps: what is found, in what order, and what is said of who holds a map. */
import { describe, expect, it } from "vitest";
import type { MapShown } from "../../protocol/manage-maps.ts";
import { afterUnpin, holdersOf } from "../../protocol/map-holders.ts";
import { filterMaps, sortMaps } from "../../renderer/machine-maps/sort-maps.ts";

function map(id: number, name: string, more: Partial<MapShown> = {}): MapShown {
  return {
    ...{ id, name, type: "lpm_trie", keySize: 8, valueSize: 4, maxEntries: 16, flags: 1 },
    ...{ btfId: 0, btfKeyTypeId: 0, btfValueTypeId: 0, memory: "8192", frozen: false, ownerType: null },
    ...{ programs: [], pins: [], processes: [], outers: [], held: false },
    ...more,
  };
}
const routes = map(9, "routes", {
  programs: [{ id: 5, name: "xdp_router", type: "xdp" }],
  pins: ["/sys/fs/bpf/routes"],
});
const flows = map(10, "flows", { type: "hash", memory: "99999", processes: [{ pid: 42, name: "loader" }] });
const lonely = map(11, "", { memory: null, frozen: true });
const all = [routes, flows, lonely];
const ids = (maps: readonly MapShown[]): readonly number[] => maps.map(({ id }) => id);

describe("the maps of the machine", () => {
  it("are found by id, name, type, program, pin, process and state", () => {
    for (const [text, found] of [
      ["", [9, 10, 11]],
      ["10", [10]],
      ["ROUT", [9]],
      ["lpm trie", [9, 11]],
      ["xdp_router", [9]],
      ["/sys/fs", [9]],
      ["loader", [10]],
      ["frozen unused", [11]],
      ["flows frozen", []],
    ] as const) {
      expect(ids(filterMaps(all, text)), text).toEqual(found);
    }
  });

  it("are sorted by numbers as numbers, and by id where they are alike", () => {
    expect(ids(sortMaps(all, { column: "id", descending: true }))).toEqual([11, 10, 9]);
    expect(ids(sortMaps(all, { column: "memory", descending: true }))).toEqual([10, 9, 11]);
    expect(ids(sortMaps(all, { column: "type", descending: false }))).toEqual([10, 9, 11]);
    expect(ids(sortMaps(all, { column: "users", descending: true }))).toEqual([9, 10, 11]);
  });

  it("say what holds them, and whether they go with a pin", () => {
    expect(holdersOf(routes)).toEqual(["program xdp_router (id 5)", "pin /sys/fs/bpf/routes"]);
    expect(afterUnpin(routes, "/sys/fs/bpf/routes")).toBe("The map stays: program xdp_router (id 5) holds it.");
    const alone = map(12, "alone", { pins: ["/sys/fs/bpf/alone"] });
    expect(afterUnpin(alone, "/sys/fs/bpf/alone")).toContain("gone at once");
    const many = map(13, "many", { outers: [1, 2, 3, 4], held: true });
    expect(afterUnpin(many, "/sys/fs/bpf/many")).toContain("map of maps id 3 and 2 more hold it");
  });
});
