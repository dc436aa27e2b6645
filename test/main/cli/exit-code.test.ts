import { describe, expect, it } from "vitest";
import { exitCode } from "../../../main/cli/exit-code.ts";
import { type Failure, failure } from "../../../protocol/failures.ts";

describe("an exit status", () => {
  it("is there for every kind of failure", () => {
    for (const option of failure.options) {
      const kind = option.shape.kind.value;
      expect([1, 2, 3, 130]).toContain(exitCode({ kind, message: "" } as Failure));
    }
  });
  it.each([
    [1, "build-failed"],
    [1, "rejected"],
    [1, "not-found"],
    [1, "foreign-program"],
    [1, "kernel"],
    [1, "bad-value"],
    [2, "usage"],
    [3, "missing-tool"],
    [3, "no-privilege"],
    [3, "port-taken"],
    [130, "cancelled"],
  ] as const)("is %i for %s", (status, kind) => {
    expect(exitCode({ kind, message: "" } as Failure)).toBe(status);
  });
});
