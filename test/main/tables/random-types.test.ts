import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCells, formatJson, type Json } from "../../../main/tables/format-value.ts";
import { parseCells, parseJson } from "../../../main/tables/parse-value.ts";
import { paddingIn, paddingOf } from "../../../main/tables/printing/coverage.ts";
import { describeMapsOf, pick } from "./map-of.ts";
import { namesOfRandomTypes, randomTypes, saySeed } from "./random-types.ts";

const bodies = randomTypes(40);
const definitions = `${namesOfRandomTypes}
${bodies
  .map(
    (body, index) =>
      `struct r${index} { ${body} };\nstruct { __uint(type, 1); __uint(max_entries, 9); __type(key, __u32); __type(value, struct r${index}); } m${index} SEC(".maps");`,
  )
  .join("\n")}`;

describe.each(["bpfel", "bpfeb"] as const)(`${saySeed} (%s)`, (target) => {
  const maps = describeMapsOf(definitions, { target });

  it.each(bodies.map((body, index) => [index, body] as const))(
    "%s: what cells and JSON say parses back",
    (index, body) => {
      const layout = pick(maps, `m${index}`).value;
      const mask = paddingOf(layout);
      const bytes = fc.uint8Array({ minLength: layout.size, maxLength: layout.size });
      fc.assert(
        fc.property(bytes, bytes, (value, before) => {
          const expected = value.slice();
          // bits that no cell shows stay as they were before
          const kept = mask === null ? null : paddingIn(mask, before, 0);
          const own = mask === null ? null : paddingIn(mask, value, 0);
          for (let at = 0; at < expected.length; at++) {
            expected[at] = ((expected[at] ?? 0) & ~(own?.[at] ?? 0)) | (kept?.[at] ?? 0);
          }
          const cells = parseCells(layout, formatCells(layout, value), before);
          expect(cells.ok ? Buffer.from(cells.bytes).toString("hex") : cells.failure.message, body).toBe(
            Buffer.from(expected).toString("hex"),
          );
          const json = parseJson(layout, JSON.parse(JSON.stringify(formatJson(layout, value))) as Json, value);
          expect(json.ok ? Buffer.from(json.bytes).toString("hex") : json.failure.message, body).toBe(
            Buffer.from(value).toString("hex"),
          );
        }),
        { numRuns: 20 },
      );
    },
  );
});
