import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openEnvelope } from "../../protocol/envelope.ts";

describe("openEnvelope", () => {
  test.each([
    ["a request", { jsonrpc: "2.0", id: 1, method: "m", params: { a: 1 } }],
    ["a request without params", { jsonrpc: "2.0", id: "x", method: "m" }],
    ["a notification", { jsonrpc: "2.0", method: "m", params: {} }],
    ["a cancellation", { jsonrpc: "2.0", method: "$/cancelRequest", params: { id: 1 } }],
    ["an answer", { jsonrpc: "2.0", id: 1, result: null }],
    ["an error", { jsonrpc: "2.0", id: null, error: { code: -1, message: "no" } }],
  ])("opens %s", (_what, message) => {
    expect(openEnvelope(JSON.stringify(message))).toEqual({ ok: true, message });
  });

  test.each([
    ["no version", { id: 1, method: "m" }, 1, false],
    ["another version", { jsonrpc: "1.0", id: 1, method: "m" }, 1, false],
    ["positional params", { jsonrpc: "2.0", id: 1, method: "m", params: [1] }, 1, false],
    ["params that are null", { jsonrpc: "2.0", id: 1, method: "m", params: null }, 1, false],
    ["a further field", { jsonrpc: "2.0", id: 1, method: "m", extra: 1 }, 1, false],
    ["an id that is a fraction", { jsonrpc: "2.0", id: 1.5, method: "m" }, null, false],
    ["an id that is an object", { jsonrpc: "2.0", id: {}, method: "m" }, null, false],
    ["a very long method", { jsonrpc: "2.0", id: 1, method: "m".repeat(101) }, 1, false],
    ["a cancellation without an id", { jsonrpc: "2.0", method: "$/cancelRequest" }, null, false],
    ["a cancellation of nothing", { jsonrpc: "2.0", method: "$/cancelRequest", params: { id: null } }, null, false],
    ["another message of the library's", { jsonrpc: "2.0", method: "$/progress", params: { token: 1 } }, null, false],
    ["an answer with two outcomes", { jsonrpc: "2.0", id: 7, result: 1, error: { code: 1, message: "" } }, 7, true],
    ["an answer with an odd error", { jsonrpc: "2.0", id: 7, error: "no" }, 7, true],
    ["an answer without an outcome", { jsonrpc: "2.0", id: 7 }, 7, false],
    ["a batch", [{ jsonrpc: "2.0", id: 1, method: "m" }], null, false],
    ["a number", 7, null, false],
    ["null", null, null, false],
  ])("refuses %s", (_what, message, id, isAnswer) => {
    expect(openEnvelope(JSON.stringify(message))).toMatchObject({ ok: false, id, isAnswer });
  });

  test("leaves a field called __proto__ where it is, for the schema to refuse", () => {
    const opened = openEnvelope('{"jsonrpc":"2.0","id":1,"method":"m","params":{"__proto__":{"admin":true}}}');
    expect(opened.ok && "params" in opened.message && Object.keys(opened.message.params ?? {})).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
  });

  test("is total", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json()), (text) => {
        expect(typeof openEnvelope(text).ok).toBe("boolean");
      }),
    );
  });
});
