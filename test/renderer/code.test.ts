import { describe, expect, test } from "vitest";
import type { Code } from "../../protocol/views.ts";
import { indexPlaces } from "../../renderer/code/index-places.ts";
import { wordsOfLit } from "../../renderer/code/lit-words.ts";
import { loadedPrograms } from "../../renderer/code/loaded-programs.ts";
import { rowsOf, thinOut } from "../../renderer/object/tree-of.ts";
import { codeOf, treeOf } from "./fake-code.ts";
import * as sample from "./fake-state.ts";

const path = "/home/ada/p.bpf.c";
const header = "/home/ada/parsing.h";

/** `at`: [file, line] innermost first */
function codeAt(...lines: readonly (readonly (readonly [number, number])[])[]): Code {
  return {
    ...codeOf("assembly", path, null),
    files: [path, header],
    functions: [{ name: "one", line: 0 }],
    lines: lines.map((at, index) => ({
      text: `${index}`,
      kind: "code",
      at: at.map(([file, line]) => ({ file, line, column: 0 })),
    })),
  };
}

describe("places", () => {
  const places = indexPlaces(
    codeAt(
      [],
      [[0, 5]],
      [
        [1, 9],
        [0, 6],
      ],
      [[0, 6]],
      [
        [1, 9],
        [1, 9],
      ],
      [],
    ),
  ); // prettier-ignore
  test("a line of C knows the code that came from it, and what was inlined into it", () => {
    expect(places.codeOf(path, 5)).toEqual({ own: [1], inlined: [] });
    expect(places.codeOf(path, 6)).toEqual({ own: [3], inlined: [2] });
    expect(places.codeOf(header, 9)).toEqual({ own: [2, 4], inlined: [] });
    expect(places.codeOf(path, 7)).toEqual({ own: [], inlined: [] });
    expect(places.codeOf("/elsewhere.c", 5)).toEqual({ own: [], inlined: [] });
  });
  test("a line of code knows its line of C in every file", () => {
    expect(places.sourceOf(2)).toEqual([
      { path: header, own: [9], inlined: [] },
      { path, own: [], inlined: [6] },
    ]);
    expect(places.sourceOf(4)).toEqual([{ path: header, own: [9], inlined: [] }]);
    expect(places.sourceOf(0)).toEqual([]);
    expect(places.sourceOf(99)).toEqual([]);
  });
  test("a line without a place takes the nearest of its function, never of another", () => {
    expect(places.placeNear(0)?.place.line).toBe(5);
    expect(places.placeNear(5)?.place.line).toBe(9);
    const two = indexPlaces({
      ...codeAt([[0, 1]], [], []),
      functions: [
        { name: "one", line: 0 },
        { name: "two", line: 1 },
      ],
    }); // prettier-ignore
    expect(two.placeNear(2)).toBeNull();
    expect(indexPlaces(codeAt()).placeNear(0)).toBeNull();
  });
  test("a place in a file that is not named lights nothing", () => {
    expect(indexPlaces(codeAt([[7, 1]])).sourceOf(0)).toEqual([]);
  });
  test("is said in words", () => {
    const code = { own: [1, 2], inlined: [3] };
    const from = { side: "source", path, line: 5 } as const;
    expect(wordsOfLit(from, { code, source: [] })).toBe("p.bpf.c:5 · 2 lines from it, 1 line inlined into it");
    expect(wordsOfLit(from, { code: { own: [], inlined: [] }, source: [] })).toBe("p.bpf.c:5 · no code");
    const back = { side: "code", index: 2 } as const;
    expect(wordsOfLit(back, { code, source: places.sourceOf(2) })).toBe("from parsing.h:9, inlined into p.bpf.c:6");
    expect(wordsOfLit(back, { code, source: [] })).toBe("no line of C");
  });
});

describe("loaded programs of a source", () => {
  const program = (id: number, name: string) => ({
    ...{ id, name, type: "xdp", tag: "", loadTime: "1", jited: true, xlatedBytes: 8, jitedBytes: 8, mapIds: [] },
  });
  const on = (name: string, ifindex: number, id: number, of: string) => ({
    ...sample.nic(name, ifindex, null, "veth"),
    attached: [{ ...sample.foreign, id, name: of }],
  });
  const place = { netns: null, ifindex: 3, name: "port1" };
  const interfaces = {
    interfaces: [on("port0", 2, 10, "xdp_count"), on("port1", 3, 11, "xdp_count"), on("port2", 4, 12, "other")],
    skipped: [],
  };
  const programs = [program(10, "xdp_count"), program(11, "xdp_count"), program(12, "other"), program(15, "xdp_count")];
  test("the one on the chosen interface comes first, what is attached nowhere last", () => {
    const found = loadedPrograms({ programs, interfaces, place }, ["xdp_count"]);
    expect(found.map(({ id, where, here }) => [id, where, here])).toEqual([
      [11, "port1", true],
      [10, "port0", false],
      [15, "", false],
    ]);
  });
  test("the kernel's names are 15 characters long", () => {
    const long = { programs: [program(9, "xdp_very_long_n")], interfaces: null, place: null };
    expect(loadedPrograms(long, ["xdp_very_long_name"])).toHaveLength(1);
    expect(loadedPrograms(long, ["xdp_very_long"])).toHaveLength(0);
  });
  test("without privilege there are only those that interfaces tell of", () => {
    expect(loadedPrograms({ programs: null, interfaces, place: null }, ["other"]).map(({ id }) => id)).toEqual([12]);
  });
});

describe("object tree", () => {
  const rows = rowsOf(treeOf(path));
  test("has its branches, with types' members below", () => {
    expect(rows.map(({ name }) => name)).toEqual(["Programs", "Maps", "Globals", "Sections", "BTF types"]);
    const types = rows.at(-1)?.rows ?? [];
    const record = types.find(({ name }) => name === "struct datarec");
    expect(record?.rows.map(({ name }) => name)).toEqual(["0: __u64 rx_packets", "8: __u64 rx_bytes"]);
    expect(rows[0]?.rows[0]).toMatchObject({ name: "xdp_count", at: { file: path } });
  });
  test("the filter keeps what fits with what is above it", () => {
    const thin = thinOut(rows, "RX_BYTES");
    expect(thin.map(({ name, size }) => [name, size])).toEqual([["BTF types", "1"]]);
    expect(thin[0]?.rows.map(({ rows: below }) => below.map(({ name }) => name))).toEqual([["8: __u64 rx_bytes"]]);
    expect(thinOut(rows, "nothing is called that")).toEqual([]);
    expect(thinOut(rows, " ")).toBe(rows);
  });
});
