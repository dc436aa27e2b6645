import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits, convertLegacyMaps } from "../../../main/legacy/convert-maps.ts";
import { unifiedDiff } from "../../../main/legacy/unified-diff.ts";

const edit = (start: number, end: number, text: string) => ({ start, end, text });

describe("edits as a unified diff", () => {
  test("nothing for nothing", () => {
    expect(unifiedDiff("a.c", "x\n", [])).toBe("");
    expect(unifiedDiff("a.c", "x\n", [edit(0, 1, "x")])).toBe("");
  });

  test("a line among others, with three lines around it", () => {
    const text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    expect(unifiedDiff("a.c", text, [edit(8, 9, "five\nand a half")])).toBe(
      "--- a/a.c\n+++ b/a.c\n@@ -2,7 +2,8 @@\n 2\n 3\n 4\n-5\n+five\n+and a half\n 6\n 7\n 8\n",
    );
  });

  test("far apart: two hunks, the second moved by what the first added", () => {
    const text = Array.from({ length: 20 }, (_, line) => `${line}\n`).join("");
    const out = unifiedDiff("a.c", text, [edit(0, 0, "new\n"), edit(text.length - 3, text.length - 1, "end")]);
    expect(out.match(/^@@.*$/gm)).toEqual(["@@ -1,3 +1,4 @@", "@@ -17,4 +18,4 @@"]);
  });

  test("a last line without its break", () => {
    expect(unifiedDiff("a.c", "a\nb", [edit(2, 3, "c")])).toContain(
      "-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n",
    );
  });

  test("patch(1) makes of it what the edits make, whatever they are", () => {
    const folder = mkdtempSync(join(tmpdir(), "xdpw-diff-"));
    const file = join(folder, "a.c");
    try {
      const texts = fc.array(fc.constantFrom("a\n", "b\n", "cc\n", "\n", "d"), { minLength: 1, maxLength: 30 });
      const places = fc.array(fc.tuple(fc.nat(60), fc.nat(6), fc.constantFrom("", "x", "x\n", "\ny")), {
        maxLength: 4,
      });
      fc.assert(
        fc.property(texts, places, (parts, raw) => {
          const text = parts.join("");
          let at = 0;
          const edits = raw
            .toSorted(([one], [other]) => one - other)
            .flatMap(([start, length, added]) => {
              const from = Math.max(at, Math.min(start, text.length));
              const to = Math.min(text.length, from + length);
              if (from < at || from >= text.length) return [];
              at = to + 1;
              return [edit(from, to, added)];
            });
          const diff = unifiedDiff("a.c", text, edits);
          writeFileSync(file, text);
          if (diff !== "")
            execFileSync("patch", ["-s", "-p1", "--no-backup-if-mismatch"], { cwd: folder, input: diff });
          expect(readFileSync(file, "utf8")).toBe(applyEdits(text, edits));
        }),
        { numRuns: 60 },
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("a legacy source", () => {
    const text = `#include <bpf/bpf_helpers.h>

struct bpf_map_def SEC("maps") counters = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = sizeof(__u32),
	.value_size = sizeof(__u64),
	.max_entries = 4,
};
`;
    const { edits } = convertLegacyMaps(text);
    const out = unifiedDiff("old.c", text, edits);
    expect(out).toContain('-struct bpf_map_def SEC("maps") counters = {\n');
    expect(out).toContain('+} counters SEC(".maps");\n');
    expect(out).toContain(" #include <bpf/bpf_helpers.h>\n");
  });
});
