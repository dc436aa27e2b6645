import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignment, callArguments, expressionAt, onlyAccess } from "../../../main/verify/c-expression.ts";

/** The column is where "^" stands in the second text. */
const at = (line: string, mark: string) => expressionAt(line, mark.indexOf("^"));

describe("expressionAt", () => {
  it.each([
    ["if (eth->h_proto == 8)", "         ^", "eth->h_proto", "eth"],
    ["return payload[3] == 80;", "       ^", "payload[3]", "payload"],
    ["return *value;", "       ^", "*value", "value"],
    ["x = a->b.c[i];", "       ^", "a->b.c[i]", "a"],
    ["entry->packets[queue]++;", "                     ^", "entry->packets[queue]", "entry"],
    ["*count = 3;", "       ^", "*count", "count"],
  ])("%s", (line, mark, text, base) => {
    expect(at(line, mark)).toEqual({ text, base });
  });

  it("is null where nothing is sure", () => {
    expect(at("return data;", "       ^")).toBeNull();
    expect(at("return call(data);", "       ^")).toBeNull();
    expect(expressionAt("x", -1)).toBeNull();
    expect(expressionAt("x", 9)).toBeNull();
  });
});

describe("lines of C", () => {
  it("finds the only access", () => {
    expect(onlyAccess("if (ip->ttl < 2 || ip->ttl > 9)")?.text).toBe("ip->ttl");
    expect(onlyAccess("if (ip->ttl < udp->len)")).toBeNull();
  });

  it("reads assignments without their casts", () => {
    expect(assignment("void *data = (void *)(long)ctx->data;")).toEqual({ variable: "data", value: "ctx->data" });
    expect(assignment("struct entry *entry = bpf_map_lookup_elem(&m, &key);")?.variable).toBe("entry");
    expect(assignment("end = (void *)(unsigned long)ctx->data_end;")).toEqual({
      variable: "end",
      value: "ctx->data_end",
    });
    expect(assignment("if (a == b) return 3;")).toBeNull();
    expect(assignment("return x;")).toBeNull();
  });

  it("reads arguments", () => {
    expect(callArguments("x = f(&m, g(a, b), c[1,2]);", "f")).toEqual(["&m", "g(a, b)", "c[1,2]"]);
    expect(callArguments("x = f();", "f")).toEqual([]);
    expect(callArguments("x = f(1) + f(2);", "f")).toBeNull();
    expect(callArguments("x = f(1,", "f")).toBeNull();
    expect(callArguments("x = gf(1);", "f")).toBeNull();
  });

  it("is total and quick", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "a->b",
        "[",
        "]",
        "*",
        "=",
        "(void *)",
        "(",
        ")",
        "f(",
        ";",
        "++",
        "struct x *y = ",
        " ",
        "/".repeat(500),
        "a ".repeat(400),
        "((((((((",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: -2, max: 2000 }), (pieces, column) => {
        const line = pieces.join("");
        expressionAt(line, column);
        onlyAccess(line);
        assignment(line);
        callArguments(line, "f");
      }),
      { numRuns: 2000 },
    );
  });
});
