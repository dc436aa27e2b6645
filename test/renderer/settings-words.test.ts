import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonContextAt } from "../../renderer/settings/json-context.ts";
import { describe as describeSchema, schemaAt, type Schema, valuesOf } from "../../renderer/settings/schema-words.ts";

/** the context at the bar */
function at(text: string) {
  const offset = text.indexOf("|");
  return jsonContextAt(text.slice(0, offset) + text.slice(offset + 1), offset);
}
const span = (text: string) => {
  const context = at(text);
  return context === null ? null : text.replace("|", "").slice(context.from, context.to);
};

describe("where the cursor stands in JSON", () => {
  test.each([
    ["{|}", "name", [], ""],
    ["{ | }", "name", [], ""],
    ['{ "th|', "name", [], '"th'],
    ['{ "th|eme": "dark" }', "name", [], '"theme"'],
    ['{ "theme": |}', "value", ["theme"], ""],
    ['{ "theme":|', "value", ["theme"], ""],
    ['{ "theme": "d|" }', "value", ["theme"], '"d"'],
    ['{ "theme": "d|', "value", ["theme"], '"d'],
    ['{ "a": true, |}', "name", [], ""],
    ['{ "a": tr|}', "value", ["a"], "tr"],
    ['{ "keybindings": [|] }', "value", ["keybindings", 0], ""],
    ['{ "keybindings": [{ "action": "x" }, { "|', "name", ["keybindings", 1], '"'],
    ['{ "keybindings": [{ "action": "|" }] }', "value", ["keybindings", 0, "action"], '""'],
    ['{ "k": { "a": [1, 2, |', "value", ["k", "a", 2], ""],
  ])("%s", (text, place, path, under) => {
    expect(at(text)).toMatchObject({ place, path });
    expect(span(text)).toBe(under);
  });

  test.each(["|", '{ "a": true |}', '{ "a" |}', "{ } |", '{ "a": [1] | }'])("%s: nothing to propose", (text) => {
    expect(at(text)).toBeNull();
  });

  test("names that are taken, and a colon that is there", () => {
    expect(at('{ "a": 1, "|": 2, "c": { "d": 3 } }')).toMatchObject({ taken: ["a", "c"], hasColon: true, name: "" });
    expect(at('{ "a": 1, "b|" }')).toMatchObject({ taken: ["a"], hasColon: false, name: "b" });
  });

  test("any text, any place", () => {
    const piece = fc.constantFrom("{", "}", "[", "]", ",", ":", '"', "a", " ", "\n", "\\", "1", '"x"', "true");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.nat(60), (parts, place) => {
        const text = parts.join("");
        const offset = Math.min(place, text.length);
        const context = jsonContextAt(text, offset);
        if (context !== null) {
          expect(context.from).toBeLessThanOrEqual(offset);
          expect(context.to).toBeGreaterThanOrEqual(offset);
        }
      }),
    );
  });
});

describe("what a schema says of a place", () => {
  const schema: Schema = {
    properties: {
      theme: { enum: ["dark", "light"], default: "dark", description: "Colours." },
      on: { type: "boolean", default: true },
      size: { type: "integer", minimum: 1, maximum: 16, default: 8 },
      list: { type: "array", items: { properties: { keys: { anyOf: [{ type: "string" }, { type: "null" }] } } } },
    },
  };
  test("names lead to schemas, and those to values", () => {
    expect(schemaAt(schema, ["list", 3, "keys"])).toEqual({ anyOf: [{ type: "string" }, { type: "null" }] });
    expect(schemaAt(schema, ["nothing", "at", "all"])).toBeNull();
    const values = (...path: string[]) => valuesOf(schemaAt(schema, path) ?? {});
    expect([values("theme"), values("on"), values("size")]).toEqual([['"dark"', '"light"'], ["true", "false"], ["8"]]);
    expect(valuesOf({ anyOf: [{ type: "string" }, { type: "null" }] })).toEqual(["null"]);
  });
  test("in words", () => {
    expect(describeSchema(schema.properties?.["theme"] ?? {})).toBe('Colours.\n\nDefault: `"dark"`\n\nOr: `"light"`');
    expect(describeSchema(schema.properties?.["size"] ?? {})).toBe("Default: `8`\n\nA whole number, 1 to 16");
  });
});
