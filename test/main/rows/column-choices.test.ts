/** What is proposed for a cell: interfaces of the namespace where the number is meant, programs, and ports by their interface. */
import { describe, expect, it } from "vitest";
import type { Attachments } from "../../../main/attach/attachments.ts";
import type { ElevatedPeer } from "../../../main/helpers/helper-pool.ts";
import { columnChoices } from "../../../main/rows/column-choices.ts";
import { withPortNames } from "../../../main/maps/ports.ts";
import { parseEntryCells } from "../../../main/tables/parse-entry.ts";
import type { ShapedMap } from "../../../main/rows/shaped-map.ts";
import { integer, layoutOf, mapOf } from "./rows-of.ts";

const device = (name: string, ifindex: number, netns: string | null, programs: readonly number[] = []) => ({
  ...{ name, ifindex, netns, driver: "veth", mac: null, mtu: 1500, up: true, features: [], modes: [] },
  attached: programs.map((id) => ({ id })),
});
const interfaces = [device("eth0", 2, null), device("port0", 2, "lab", [7]), device("port1", 3, "lab")];
const map = (id: number, name: string, type: string) => ({ id, name, type, keySize: 4, valueSize: 4 });
const programs = [
  { id: 7, name: "xdp_router", type: "xdp", tag: "aa", mapIds: [1, 2, 3] },
  { id: 8, name: "probe", type: "kprobe", tag: "bb", mapIds: [] },
];
const maps = [
  { ...map(3, "jumps", "prog_array"), programs: [{ id: 7 }] },
  { ...map(1, "routes", "hash"), programs: [{ id: 7 }] },
  { ...map(2, "tx_ports", "devmap"), programs: [{ id: 7 }] },
];
const u32 = (...values: number[]): string => Buffer.from(new Uint32Array(values).buffer).toString("base64");
const answers: Readonly<Record<string, unknown>> = {
  "interfaces.list": { interfaces, skipped: [] },
  "programs.list": { programs },
  "maps.list": { maps },
  "maps.page": { keys: u32(0, 1, 4), values: u32(0, 3, 9), count: 3, cursor: null },
};
const peer = { request: async (method: string) => answers[method] } as unknown as ElevatedPeer;
const attachments = { recordOf: () => undefined, objectOf: () => null } as unknown as Attachments;

function shaped(of: (typeof maps)[number], value: readonly string[], programColumn = -1): ShapedMap {
  const layout = {
    ...mapOf(layoutOf([["key", integer(4)]]), layoutOf(value.map((path) => [path, integer(4)]))),
    type: of.type,
  };
  const columns = layout.columns.map((column) => ({ ...column, shown: column.path === "oif" ? "ifindex" : "auto" }));
  return { map: of, layout, programColumn, face: { columns } } as unknown as ShapedMap;
}
const [jumps, routes, ports] = maps as [(typeof maps)[number], (typeof maps)[number], (typeof maps)[number]];
const valuesOf = async (table: ShapedMap, column: number, netns: string | null = null): Promise<readonly string[]> =>
  (await columnChoices(peer, attachments, table, column, netns)).map(({ value, about }) => `${value}: ${about}`);

describe("choices for a cell", () => {
  it("of a devmap are the interfaces where its numbers are meant when they are written", async () => {
    const devmap = shaped(ports, ["ifindex"]);
    expect(await valuesOf(devmap, 1, "lab")).toEqual([
      expect.stringMatching(/^port0: ifindex 2 · .*lab · veth$/),
      expect.stringMatching(/^port1: ifindex 3 · .*lab · veth$/),
    ]);
    expect(await valuesOf(devmap, 1)).toEqual([expect.stringMatching(/^eth0: /)]);
    expect(await valuesOf(devmap, 0, "lab")).toEqual([]);
  });

  it("of a column that shows interfaces are those where the map's program runs", async () => {
    expect(await valuesOf(shaped(routes, ["oif"]), 1)).toEqual([
      expect.stringMatching(/^port0: /),
      expect.stringMatching(/^port1: /),
    ]);
  });

  it("of a port are the slots of the program's devmap that have an interface", async () => {
    expect(await valuesOf(shaped(routes, ["port", "mtu"]), 1)).toEqual([
      expect.stringMatching(/^1: port1 · ifindex 3 · .*tx_ports$/),
      "4: ifindex 9 · tx_ports",
    ]);
    expect(await valuesOf(shaped(routes, ["port", "mtu"]), 2)).toEqual([]);
    // and may be typed by that interface
    const layout = await withPortNames(peer, routes.id, shaped(routes, ["port", "mtu"]).layout);
    expect(parseEntryCells(layout, ["5", "port1", "9"], null)).toMatchObject({
      ok: true,
      value: Uint8Array.of(1, 0, 0, 0, 9, 0, 0, 0),
    });
    expect(parseEntryCells(layout, ["5", "port7", "9"], null)).toMatchObject({ ok: false });
  });

  it("of a program are none, those of the map's object, and XDP programs that are loaded", async () => {
    const devmap = { ...shaped({ ...ports, valueSize: 8 }, ["ifindex", "bpf_prog.id"]), programColumn: 2 };
    expect(await valuesOf(devmap, 2)).toEqual([
      "none: the entry runs no program",
      "xdp_router (id 7): loaded · tag aa · the kernel says whether it fits",
    ]);
    // a slot that holds none is deleted; a program of another type never fits
    expect(await valuesOf({ ...shaped(jumps, ["id"]), programColumn: 1 }, 1)).toEqual([
      "xdp_router (id 7): loaded · tag aa · the kernel says whether it fits",
    ]);
  });
});
