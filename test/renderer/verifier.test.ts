import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Rejection } from "../../protocol/verify.ts";
import { checkToInsert } from "../../renderer/verify/insert-check.ts";
import { isCut } from "../../renderer/verify/log-limit.ts";
import { type OpenLine, rowAt, rowCount, rowOfStep } from "../../renderer/verify/walk-rows.ts";
import { shortenLog } from "../../protocol/shorten-log.ts";

const eth = "if ((void *)(eth + 1) > data_end)\n  return XDP_DROP;";
const value = "if (!value)\n  return XDP_PASS;";

/** The line that has "// here" is the rejected one. */
function insert(text: string, snippet: string, kind = "missing-bounds-check") {
  const line = text.split("\n").findIndex((one) => one.includes("// here")) + 1;
  const rejection: Rejection = {
    ...{ class: kind, title: "", file: "/p.c", line, column: 0, telling: "", explanation: "", fix: "", snippet },
    ...{ registers: [], suggestion: null },
  };
  return checkToInsert(text, rejection, "one");
}
const body = (lines: string): string => `SEC("xdp")\nint one(struct xdp_md *ctx)\n{\n${lines}\n}\n`;
const start = "\tvoid *data = (void *)(long)ctx->data;\n\tstruct ethhdr *eth = data;\n";
const end = "\tvoid *data_end = (void *)(long)ctx->data_end;\n";

describe("the check to insert", () => {
  test("goes before the line, with its indent and the names that are there", () => {
    expect(insert(body(`${end}${start}\tif (eth->h_proto) // here\n\t\treturn 1;`), eth)).toEqual({
      line: 7,
      text: "\tif ((void *)(eth + 1) > data_end)\n\t\treturn XDP_DROP;\n",
    });
  });
  test("reads data_end from the context where no variable holds it", () => {
    expect(insert(body(`${start}\treturn eth->h_proto; // here`), eth)?.text).toBe(
      "\tif ((void *)(eth + 1) > (void *)(long)ctx->data_end)\n\t\treturn XDP_DROP;\n",
    );
  });
  test("takes the name that the program gave to the end of the packet, where that is in sight", () => {
    const named = "\tvoid *end = (void *)(long)ctx->data_end, *next;\n";
    const line = "\treturn eth->h_proto; // here";
    expect(insert(body(`${named}${start}${line}`), eth)?.text).toContain("if ((void *)(eth + 1) > end)\n");
    expect(insert(body(`\t{\n${named}\t}\n${start}${line}`), eth)?.text).toContain("> (void *)(long)ctx->data_end)\n");
  });
  test("keeps spaces and carriage returns", () => {
    const text = body("    __u64 *value = lookup();\n    *value += 1; // here").replaceAll("\n", "\r\n");
    expect(insert(text, value, "null-map-value")?.text).toBe("    if (!value)\r\n        return XDP_PASS;\r\n");
  });
  test.each([
    ["under an if without braces", `${start}\tif (ctx)\n\t\treturn eth->h_proto; // here`, eth],
    ["the else of an if", `${start}\tif (ctx) {\n\t}\n\telse if (eth->h_proto) // here\n\t\treturn 1;`, eth],
    ["in the middle of a statement", `${start}\treturn 1 +\n\t\teth->h_proto; // here`, eth],
    ["in a loop's head", `${start}\twhile (eth->h_proto) // here\n\t\teth++;`, eth],
    ["between the parts of a for", `${start}\tfor (int i = 0;\n\t     eth->h_proto; // here\n\t     i++) ;`, eth],
    ["where another condition may spare the access", `${start}\tif (ctx && eth->h_proto) // here\n\t\treturn 1;`, eth],
    ["where the pointer is set in the same line", `${start}\treturn (eth = data)->h_proto; // here`, eth],
    ["of a name that is not declared", "\treturn eth->h_proto; // here", eth],
    ["of a name whose block has ended", "\t{ __u64 *value = 0; }\n\treturn *value; // here", value],
    ["after a case", `${start}\tswitch (1) {\n\tcase 1:\n\t\treturn eth->h_proto; // here\n\t}`, eth],
    ["in a comment", `${start}\t/*\n\treturn eth->h_proto; // here\n\t*/`, eth],
    ["in a macro", `${start}#define READ \\\n\treturn eth->h_proto; // here`, eth],
    ["of another shape", `${start}\treturn eth->h_proto; // here`, "index &= 7;"],
    ["in an initializer", `${start}\tint a[] = {\n\t\teth->h_proto // here\n\t};`, eth],
  ])("none %s", (_name, lines, snippet) => {
    expect(insert(body(lines), snippet)).toBeNull();
  });
  test("none in a function that is not the program", () => {
    const helper = `static int two(struct ethhdr *eth)\n{\n\treturn eth->h_proto; // here\n}\n`;
    expect(insert(helper + body("\treturn two(0);"), eth)).toBeNull();
  });
  test("none for classes that need thought", () => {
    expect(insert(body(`${start}\treturn eth->h_proto; // here`), eth, "unbounded-loop")).toBeNull();
  });
  test("any text has an answer", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 40 }), (text, at) => {
        const whole = body(`${start}${text}\n// here`);
        insert(whole, eth);
        insert(whole.slice(at), eth);
      }),
    );
  });
});

describe("rows of the folded walk", () => {
  const open: readonly OpenLine[] = [
    { line: 1, first: 3, last: 4 },
    { line: 3, first: 9, last: 9 },
  ];
  test("lines, and the steps of those that are open", () => {
    expect(rowCount(5, open)).toBe(8);
    expect(Array.from({ length: 8 }, (_row, index) => rowAt(open, index))).toEqual([
      { line: 0, step: null },
      { line: 1, step: null },
      { line: 1, step: 3 },
      { line: 1, step: 4 },
      { line: 2, step: null },
      { line: 3, step: null },
      { line: 3, step: 9 },
      { line: 4, step: null },
    ]);
    expect(rowOfStep(open, { line: 3, step: 9 })).toBe(6);
    expect(rowOfStep(open, { line: 1, step: 4 })).toBe(3);
  });
});

test("a log that main shortened is known by its line", () => {
  const log = "0: (b7) r0 = 1\n".repeat(10_000);
  expect(isCut(shortenLog(log, 64 * 1024))).toBe(true);
  expect(isCut("0: (b7) r0 = 1\n".repeat(3000))).toBe(false);
});
