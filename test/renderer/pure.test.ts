import { describe, expect, test } from "vitest";
import { Failed } from "../../protocol/failures.ts";
import { columnOfByte } from "../../renderer/editor/byte-column.ts";
import { sixDigits } from "../../renderer/editor/editor-theme.ts";
import { isXdp, locatePrograms } from "../../renderer/editor/locate-programs.ts";
import { chordOf, matches } from "../../renderer/app/chords.ts";
import { moveInGrid } from "../../renderer/maps/grid-keys.ts";
import { mayGoOn } from "../../renderer/maps/half-typed.ts";
import { lineAt, lineCount, lineOf } from "../../renderer/maps/grid-lines.ts";
import { columnWidths } from "../../renderer/maps/column-widths.ts";
import { changedMilliseconds, fadeChanges, mergeChange, viewOf } from "../../renderer/maps/map-view.ts";
import { mapsByOwner } from "../../renderer/maps/map-owner.ts";
import { groupByNamespace } from "../../renderer/interfaces/places.ts";
import { wordsOf } from "../../renderer/session/failure-words.ts";
import { createStore } from "../../renderer/session/store.ts";
import { shellWords } from "../../renderer/verify/shell-words.ts";
import { findingsOf, hoverText } from "../../renderer/verify/findings.ts";
import { bytes, grouped3, milliseconds, shareOfLimit } from "../../renderer/verify/sizes.ts";
import { stackWords, tagOf, troubleOf, wordsAboveProgram } from "../../renderer/verify/verdict-words.ts";
import type { OpenSource } from "../../renderer/editor/open-sources.ts";
import * as sample from "./fake-state.ts";

describe("source", () => {
  test("finds programs with their lines, also with attributes between", () => {
    const text = `#include <x.h>\n\nSEC("xdp")\nint one(struct xdp_md *ctx)\n{\n}\n  SEC("xdp.frags/devmap")\n__always_inline int two (struct xdp_md *ctx) {}\nSEC(".maps")\n`;
    const found = locatePrograms(text);
    expect(found).toEqual([
      { name: "one", section: "xdp", line: 3 },
      { name: "two", section: "xdp.frags/devmap", line: 7 },
    ]);
    expect(found.every(isXdp)).toBe(true);
  });
  test("maps and licences are no programs", () => {
    expect(locatePrograms('} m SEC(".maps");\nchar L[] SEC("license") = "GPL";\n')).toEqual([]);
  });
  test("byte columns become UTF-16 columns", () => {
    expect(columnOfByte("abc", 3)).toBe(3);
    expect(columnOfByte("äbc", 3)).toBe(2);
    expect(columnOfByte("😀b", 5)).toBe(3);
    expect(columnOfByte("ab", 99)).toBe(3);
  });
  test("shortened colours are written out", () => {
    expect(sixDigits("#fff")).toBe("#ffffff");
    expect(sixDigits("#4da3ff")).toBe("#4da3ff");
  });
});

describe("verdict", () => {
  const source = { path: "/p.c", version: null, dirty: false, checking: false, editedSince: false, awaited: false };
  const text = 'SEC("xdp")\nint one(struct xdp_md *ctx) { UNCHECKED }\n';
  const programs = locatePrograms(text);
  const [one] = programs;
  if (one === undefined) throw new Error("the sample has a program");

  const judged = (of: string) => ({ kind: "verdict" as const, verdict: sample.verdictOf("/p.c", of) });
  test("rejected: the line and the class", () => {
    expect(wordsAboveProgram({ ...source, check: judged(text) }, one)).toEqual({
      tone: "bad",
      text: "✗ rejected at line 2 · missing bounds check · 61 ms",
      stale: false,
    });
  });
  test("a rejection in another file names it", () => {
    const { verdict } = judged(text);
    const programs = verdict.programs.map((program) => ({
      ...program,
      rejection: program.rejection && { ...program.rejection, file: "/lib/parsing.h", line: 9 },
    }));
    const check = { kind: "verdict" as const, verdict: { ...verdict, programs } };
    expect(wordsAboveProgram({ ...source, check }, one).text).toContain("rejected at parsing.h:9 · ");
  });
  test("for the status bar: the class and where to go", () => {
    expect(troubleOf({ ...source, check: judged(text) })).toMatchObject({
      text: "missing bounds check · line 2",
      at: { file: source.path, line: 2 },
    });
    expect(troubleOf({ ...source, check: judged(text.replace("UNCHECKED", "")) })).toBeNull();
    const { verdict } = judged(text);
    const message = `expected ';' ${"after expression ".repeat(9)}`;
    const error = { file: "/lib/parsing.h", line: 7, column: 3, severity: "error", class: "compile", message } as const;
    const check = {
      kind: "build" as const,
      why: "",
      build: { ...verdict.build, ok: false, diagnostics: [{ ...error, severity: "warning" as const }, error] },
    };
    expect(troubleOf({ ...source, check })).toMatchObject({
      text: expect.stringMatching(/^expected ';' .{40,60}… · parsing\.h:7$/),
      at: { file: "/lib/parsing.h", line: 7, column: 3 },
    });
  });
  test("accepted, edited since, and a new verdict on its way", () => {
    const check = judged(text.replace("UNCHECKED", ""));
    const accepted =
      "✓ accepted · 21 instructions · 3 states · stack 48 B · JIT 1.2 KB · under 0.1 % of the limit · 61 ms";
    const words = (patch: Partial<OpenSource>) => wordsAboveProgram({ ...source, check, ...patch }, one);
    expect(words({})).toEqual({ tone: "ok", text: accepted, stale: false });
    expect(words({ editedSince: true })).toEqual({ tone: "ok", text: `${accepted} · edited since`, stale: true });
    // nothing but the dimming comes and goes while somebody types
    expect(words({ editedSince: true, awaited: true })).toEqual({ tone: "ok", text: accepted, stale: true });
    expect(tagOf({ ...source, check, editedSince: true, awaited: true })?.text).toBe("accepted");
  });
  test("a finding shows its class, the kernel's words and the explanation", () => {
    const [found] = findingsOf(judged(text));
    expect(found).toMatchObject({
      title: "missing bounds check",
      message: expect.stringMatching(/^Reading eth->h_proto/),
    });
    expect(found?.telling).toMatch(/^one: invalid access to packet/);
    const { verdict } = judged(text);
    const [first] = verdict.diagnostics;
    expect(first && hoverText(first, verdict.programs).split("\n\n")[0]).toBe(
      "missing bounds check\ninvalid access to packet, off=13 size=1, R1(id=0,off=13,r=0)",
    );
  });
  test("shares of the limit and stacks", () => {
    expect([0, 87, 1000, 999_999, 123_456].map(shareOfLimit)).toEqual([
      "0.0 %",
      "under 0.1 %",
      "0.1 %",
      "100 %",
      "12 %",
    ]);
    expect([stackWords([48]), stackWords([48, 16]), stackWords([1, 2, 3, 4, 5])]).toEqual([
      "48 B",
      "48 + 16 B",
      "up to 5 B a function",
    ]);
  });
  test("sizes and shell words", () => {
    expect([bytes(40), bytes(1229), milliseconds(0.04), milliseconds(61.2), milliseconds(12_345)]).toEqual([
      "40 B",
      "1.2 KB",
      "0.0 ms",
      "61 ms",
      "12.3 s",
    ]);
    expect([grouped3("18446744073709551615"), grouped3("-1234"), grouped3("0x1234"), grouped3("999")]).toEqual([
      "18,446,744,073,709,551,615",
      "-1,234",
      "0x1234",
      "999",
    ]);
    expect(shellWords(["clang", "-Dx=a b", "it's"])).toBe(`clang '-Dx=a b' 'it'\\''s'`);
  });
});

describe("maps", () => {
  const table = sample.tables().get(41);
  if (table === undefined) throw new Error("the sample has counters");

  test("changed cells are marked, for a while", () => {
    const view = mergeChange(
      viewOf(table),
      { id: 41, rows: [sample.counterRow(2, 18205, false)], removed: [], total: 5 },
      1000,
    );
    expect(view.table?.rows[2]?.cells).toEqual(["2", "18205", String(18205 * 98)]);
    expect([...(view.changed.get(sample.keyOf(2))?.cells ?? [])]).toEqual([1, 2]);
    expect(fadeChanges(view, 1000 + changedMilliseconds - 1)).toBe(view);
    expect(fadeChanges(view, 1000 + changedMilliseconds).changed.size).toBe(0);
  });
  test("entries go and come; the others keep their places", () => {
    const view = mergeChange(
      viewOf(table),
      { id: 41, rows: [sample.counterRow(9, 1, false)], removed: [sample.keyOf(0)], total: 5 },
      0,
    );
    expect(view.table?.rows.map(({ cells }) => cells[0])).toEqual(["1", "2", "3", "4", "9"]);
    expect(view.index.get(sample.keyOf(9))).toBe(4);
    expect(view.index.has(sample.keyOf(0))).toBe(false);
  });
  test("columns never get narrower", () => {
    const wide = columnWidths({ ...table, rows: [sample.counterRow(2, 10 ** 12, false)] }, []);
    expect(columnWidths(table, wide)[1]).toBe(wide[1]);
  });
  test("an opened entry of a per-CPU map has a line a CPU below it", () => {
    const opened = [1, 3];
    const lines = Array.from({ length: lineCount(5, opened, 2) }, (_, line) => lineAt(line, opened, 2));
    expect(lines.map(({ row, cpu }) => `${row}${cpu === null ? "" : `.${cpu}`}`).join(" ")).toBe(
      "0 1 1.0 1.1 2 3 3.0 3.1 4",
    );
    for (const [line, { row, cpu }] of lines.entries()) if (cpu === null) expect(lineOf(row, opened, 2)).toBe(line);
    expect(lineAt(7, [], 0)).toEqual({ row: 7, cpu: null });
  });
  test("keys lead through the grid and stop at its edges", () => {
    const from = { row: 1, column: 1 };
    expect(moveInGrid("ArrowUp", false, from, 3, 3, 2)).toEqual({ row: 0, column: 1 });
    expect(moveInGrid("PageDown", false, from, 3, 3, 9)).toEqual({ row: 2, column: 1 });
    expect(moveInGrid("End", true, from, 3, 3, 2)).toEqual({ row: 2, column: 2 });
    expect(moveInGrid("Home", false, from, 3, 3, 2)).toEqual({ row: 1, column: 0 });
    expect(moveInGrid("x", false, from, 3, 3, 2)).toBeNull();
  });
  test("maps of the chosen interface come first", () => {
    const at = { ...sample.nic("port0", 2, "box", "veth"), attached: [{ ...sample.foreign, id: 214 }] };
    const other = { ...sample.many, programs: [{ id: 1, name: "x", type: "kprobe" }] };
    const { ofPlace, others } = mapsByOwner([sample.counters, other], at);
    expect([ofPlace, others]).toEqual([[sample.counters], []]);
  });
});

describe("session", () => {
  test("the store tells of changes only", () => {
    const store = createStore({ a: 1, b: 2 });
    let told = 0;
    const end = store.subscribe(() => told++);
    store.set({ a: 1 });
    store.set({ a: 3 });
    end();
    store.set({ a: 4 });
    expect([told, store.get()]).toEqual([1, { a: 4, b: 2 }]);
  });
  test("the kernel's words stand beside ours", () => {
    const failed = new Failed({
      kind: "kernel",
      message: "attach xdp_count to port0: the device is busy",
      operation: "XDP_FLAGS_REPLACE",
      errno: 16,
      code: "EBUSY",
      extack: "Can't replace active BPF XDP link",
    });
    expect(wordsOf(failed)).toEqual({
      title: "attach xdp_count to port0: the device is busy",
      detail: "The kernel said EBUSY (XDP_FLAGS_REPLACE), “Can't replace active BPF XDP link”",
    });
    expect(wordsOf(new Failed({ kind: "cancelled", message: "cancelled" }))).toBeNull();
  });
  test("interfaces by namespace, the own one first", () => {
    const all = [
      sample.nic("lo", 1, "pid:7", null),
      sample.nic("eth0", 2, "a", null),
      sample.nic("port0", 2, "xdpw-lab", "veth"),
      sample.nic("b", 3, null, null),
      sample.nic("a", 1, null, null),
    ];
    const groups = groupByNamespace(all, sample.labStatus(true));
    expect(groups.map(({ title, quiet, interfaces }) => [title, quiet, interfaces.map(({ name }) => name)])).toEqual([
      ["this machine", false, ["a", "b"]],
      ["xdpw-lab", false, ["port0"]],
      ["a", false, ["eth0"]],
      ["pid:7", true, ["lo"]],
    ]);
  });
  test("keys", () => {
    const event = { ctrlKey: true, metaKey: false, shiftKey: true, altKey: false, key: "A", code: "KeyA" };
    expect(matches(chordOf("Ctrl+Shift+A"), event)).toBe(true);
    expect(matches(chordOf("Ctrl+A"), event)).toBe(false);
    expect(matches(chordOf("F6"), { ...event, ctrlKey: false, shiftKey: false, key: "F6", code: "F6" })).toBe(true);
  });
});

describe("a filter that is being typed", () => {
  const columns = ["prefix", "next_hop", "hop.port", "packets"];
  test.each(["p", "pref", "prefix", "PREFIX ", "next", "port", "prefix i", "(pack", "packets > 1 a", "not pa", "has"])(
    "%s may go on",
    (text) => expect(mayGoOn(text, columns)).toBe(true),
  );
  test.each([
    "",
    "00:0a",
    "10.",
    "prefix in 10.8.0.0/16",
    "prefix == p",
    "packets > 1",
    '"pref',
    "packets in p",
    "xyz",
    "packets>1",
  ])("%s is meant", (text) => expect(mayGoOn(text, columns)).toBe(false));
});
