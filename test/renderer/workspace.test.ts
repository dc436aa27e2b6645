/** The parts of the workspace, the palette and the settings that need no window. */
import { describe, expect, it } from "vitest";
import { checkSettings, defaultSettings } from "../../protocol/settings.ts";
import { chordOf, matches } from "../../renderer/app/chords.ts";
import { difference } from "../../renderer/editor/replace-text.ts";
import { languageOf } from "../../renderer/editor/language-of.ts";
import { rank } from "../../renderer/palette/rank.ts";
import { placeJson } from "../../renderer/settings/json-places.ts";
import { noWorkspace, relativeTo, treeOf, typedPath } from "../../renderer/workspace/workspace-view.ts";

describe("paths of the workspace", () => {
  it("are told from its folder, and typed from there", () => {
    expect(relativeTo("/w", "/w/a/b.c")).toBe("a/b.c");
    expect(relativeTo("/", "/a")).toBe("a");
    expect(relativeTo("/w", "/work/a")).toBe("/work/a");
    expect(typedPath("/w", " a b/ü.c ")).toBe("/w/a b/ü.c");
    expect(typedPath("/w", "../x.c")).toBe("/x.c");
    expect(typedPath("/w", "/abs//x/./y.c")).toBe("/abs/x/y.c");
    for (const typed of ["", " ", "a/", "/", "a\0b", ".."]) expect(typedPath("/w", typed), typed).toBeNull();
  });

  it("the tree has what was read, folders not read yet without children", () => {
    const folders = new Map([
      [
        "/w",
        {
          entries: [
            { name: "sub", kind: "directory" as const },
            { name: "a.c", kind: "source" as const },
          ],
        },
      ],
    ]);
    expect(treeOf({ ...noWorkspace, folders }, "/w")).toEqual([
      { path: "/w/sub", name: "sub", folder: true, children: null },
      { path: "/w/a.c", name: "a.c", folder: false, children: null },
    ]);
    expect(treeOf(noWorkspace, "/w")).toEqual([]);
  });

  it("files have languages by their names", () => {
    const names = ["a.c", "A.H", "packets.json", "notes.txt", "Makefile", "compile_flags.txt", "x.bpf.c"];
    expect(names.map(languageOf)).toEqual(["c", "c", "json", "plaintext", "plaintext", "plaintext", "c"]);
  });
});

describe("finding by name", () => {
  const files = ["common/parsing.h", "src/xdp_router.bpf.c", "src/pass.bpf.c", "docs/sparse.md", "parser/README.md"];
  const best = (typed: string) => rank(files, typed, (name) => name, 10);
  it("the beginning of a name is best, then words, then letters in order", () => {
    expect(best("par")[0]).toBe("common/parsing.h");
    expect(best("PASS")).toEqual(["src/pass.bpf.c"]);
    expect(best("xrt")[0]).toBe("src/xdp_router.bpf.c");
    expect(best("src router")).toEqual(["src/xdp_router.bpf.c"]);
    expect(best("zzz")).toEqual([]);
    expect(best("")).toEqual(files);
  });
  it("the best few of many long names", () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `${"a/".repeat(30)}file${index}.c`);
    expect(rank(many, "aaaf19", (name) => name, 5)).toHaveLength(5);
  });
});

describe("a text in place of another", () => {
  it("differs in as little as it can, and never within a character", () => {
    expect(difference("one two three", "one 2 three")).toEqual({ start: 4, end: 6 });
    expect(difference("same", "same")).toEqual({ start: 4, end: 0 });
    expect(difference("aa", "a")).toEqual({ start: 1, end: 0 });
    for (const [before, after] of [
      ["x😀y", "x😁y"],
      ["😀", "😁😀"],
      ["", "😀"],
    ] as const) {
      const { start, end } = difference(before, after);
      const middle = after.slice(start, after.length - end);
      expect(before.slice(0, start) + middle + before.slice(before.length - end)).toBe(after);
      // throws for half a character
      expect(() => encodeURIComponent(middle)).not.toThrow();
    }
  });
});

describe("settings.json in the editor", () => {
  const text = '{\n "theme": "pink",\n "keybindings": [{ "action": "a", "keys": "Strg+X" }]\n}';
  it("what is wrong is marked at its place", () => {
    const placed = placeJson(text);
    expect(placed.ok).toBe(true);
    if (!placed.ok) return;
    expect(placed.value).toEqual(JSON.parse(text));
    const marked = checkSettings(placed.value).problems.map(({ at }) => {
      const { from, to } = placed.spanOf(at);
      return text.slice(from, to);
    });
    expect(marked).toEqual(['"pink"', '"Strg+X"']);
    const { from, to } = placed.spanOf(["keybindings", 0, "missing"]);
    expect(text.slice(from, to)).toBe('{ "action": "a", "keys": "Strg+X" }');
  });
  it("what is not JSON is told where it stops to be", () => {
    for (const [wrong, at] of [
      ["", 0],
      ["{", 1],
      ['{"a" 1}', 5],
      ["{a: 1}", 1],
      ['{"a": 1,}', 8],
      ["[1 2]", 3],
      ["{} x", 3],
      ['"\n"', 0],
      ["[".repeat(500), 201],
    ] as const) {
      const placed = placeJson(wrong);
      expect(placed.ok, wrong).toBe(false);
      if (!placed.ok) expect(placed.span.from, wrong).toBe(at);
    }
  });
  it("agrees with JSON.parse on what is JSON", () => {
    for (const value of [null, true, 1.5e-7, 'a\n"\\ü', [], {}, [1, [2, { a: [] }]], { "": { x: null } }]) {
      for (const indent of [0, 2]) {
        const placed = placeJson(JSON.stringify(value, null, indent));
        expect(placed.ok && placed.value).toEqual(value);
      }
    }
  });
});

describe("keys", () => {
  it("are those of the chord, whatever the order of the modifiers", () => {
    expect(chordOf("Shift+Alt+F")).toEqual(chordOf("Alt+Shift+F"));
    expect(chordOf("Ctrl++")).toEqual({ ctrl: true, alt: false, shift: false, key: "+" });
    const event = { ctrlKey: true, metaKey: false, shiftKey: false, altKey: false, key: ",", code: "Comma" };
    expect(matches(chordOf("Ctrl+,"), event)).toBe(true);
    expect(matches(chordOf("Ctrl+."), event)).toBe(false);
  });
  it("the usual settings are what an empty file means", () => {
    expect(checkSettings({}).settings).toEqual(defaultSettings);
  });
});
