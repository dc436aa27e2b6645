import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathOf, uriOf } from "../../../main/language/file-uri.ts";
import { difference } from "../../../main/language/format.ts";
import {
  applyChanges,
  offsetAt,
  positionAt,
  rangeOf,
  textDocument,
  wordAt,
} from "../../../main/language/text-document.ts";

const text = fc.string({ unit: fc.constantFrom("a", "ä", "😀", "\n", "\r\n", " "), maxLength: 40 });

describe("a text document", () => {
  it("takes offsets to places and back", () => {
    fc.assert(
      fc.property(text, fc.nat(60), (content, at) => {
        const document = textDocument(content);
        const offset = Math.min(at, content.length);
        expect(offsetAt(document, positionAt(document, offset))).toBe(offset);
      }),
    );
  });

  it("stays what one would get by cutting, whatever the changes", () => {
    fc.assert(
      fc.property(text, fc.array(fc.tuple(fc.nat(60), fc.nat(20), text)), (content, cuts) => {
        let expected = content;
        let document = textDocument(content);
        for (const [from, length, inserted] of cuts) {
          const start = Math.min(from, expected.length);
          const end = Math.min(start + length, expected.length);
          const range = rangeOf(document, start, end);
          expected = expected.slice(0, start) + inserted + expected.slice(end);
          document = applyChanges(document, [{ range, text: inserted }]).document;
        }
        expect(document).toEqual(textDocument(expected));
      }),
    );
  });

  it("takes impossible places back into the text", () => {
    const document = textDocument("ab\ncd");
    const far = { line: 99, column: 99 };
    const { document: changed, changes } = applyChanges(document, [
      { range: { from: { line: 1, column: 9 }, to: far }, text: "!" },
    ]);
    expect(changed.text).toBe("ab!");
    expect(changes[0]?.range).toEqual({ from: { line: 1, column: 3 }, to: { line: 2, column: 3 } });
  });

  it("finds the name at a place, also right behind it", () => {
    const document = textDocument("x = bpf_a(9y)");
    expect(wordAt(document, { line: 1, column: 5 })?.word).toBe("bpf_a");
    expect(wordAt(document, { line: 1, column: 10 })?.word).toBe("bpf_a");
    expect(wordAt(document, { line: 1, column: 3 })).toBeNull();
    expect(wordAt(document, { line: 1, column: 11 })).toBeNull();
  });

  it("edits between two texts only what differs, in whole lines", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const document = textDocument(before);
        expect(applyChanges(document, difference(document, after)).document.text).toBe(after);
      }),
    );
    expect(difference(textDocument("a\nb\nc\n"), "a\nx\nc\n")).toEqual([
      { range: { from: { line: 2, column: 1 }, to: { line: 3, column: 1 } }, text: "x\n" },
    ]);
  });
});

describe("URIs of files", () => {
  it.each(["/home/Jörg/My Code/100% #1?.c", "/a/[b]/(c)'!*~.c", "/漢字/😀.c", "/A/B.C", "/a\\b/c:d"])(
    "carry %s both ways",
    (path) => {
      expect(pathOf(uriOf(path))).toBe(path);
      expect(uriOf(path)).toMatch(/^file:\/\/\/[\w.~%/-]+$/);
    },
  );

  it("carry any path", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (name) => {
        fc.pre(
          !name.includes("\0") &&
            !name.includes("/") &&
            name !== "." &&
            name !== ".." &&
            Buffer.from(name).toString() === name,
        );
        expect(pathOf(uriOf(`/x/${name}`))).toBe(`/x/${name}`);
      }),
    );
  });

  it("takes what clangd writes, and nothing but files of this machine", () => {
    expect(pathOf("file:///tmp/L%C3%A4ng%20Dir/A%20b.c")).toBe("/tmp/Läng Dir/A b.c");
    for (const uri of ["http://x/y", "file://host/x", "file:///%", "file:///a%00b", "file:///a%2Fb", ""])
      expect(pathOf(uri)).toBeNull();
  });
});
