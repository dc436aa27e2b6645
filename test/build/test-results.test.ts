import { describe, expect, it } from "vitest";
import {
  judgePart,
  noResults,
  parseSummaryLine,
  readPlaywrightReport,
  summaryLine,
  sumResults,
} from "../../build/test-results.mjs";

const some = { passed: 3, failed: [], skipped: [{ name: "a", reason: "not root" }] };

describe("the summary line", () => {
  it("is read as it is written", () => {
    const line = summaryLine({ ...some, failed: ["x", "y"] });
    expect(line).toBe("3 passed, 2 failed, 1 skipped");
    expect(parseSummaryLine(line)).toEqual({ passed: 3, failed: 2, skipped: 1 });
  });

  it.each([
    "",
    "3 passed",
    "3 passed, 0 failed, 0 skipped ",
    " 3 passed, 0 failed, 0 skipped",
    "-1 passed, 0 failed, 0 skipped",
  ])("is nothing else: %j", (line) => expect(parseSummaryLine(line)).toBeUndefined());

  it("sums the parts", () => {
    expect(summaryLine(sumResults([some, some, { ...noResults, failed: ["z"] }]))).toBe(
      "6 passed, 1 failed, 2 skipped",
    );
  });
});

describe("judging a part", () => {
  it("takes a good one as it is", () => expect(judgePart("unit", 0, some)).toBe(some));

  it("fails one that wrote no report, ran nothing, or ended badly without saying why", () => {
    expect(judgePart("unit", "ended by SIGSEGV", undefined).failed).toEqual([
      "unit: wrote no report (ended by SIGSEGV)",
    ]);
    expect(judgePart("unit", 0, noResults).failed).toEqual(["unit: ran no test"]);
    expect(judgePart("unit", 1, some)).toMatchObject({
      passed: 3,
      failed: ["unit: exit code 1, though no test failed"],
    });
  });

  it("leaves one with failures of its own alone", () => {
    const failing = { ...some, failed: ["x"] };
    expect(judgePart("unit", 1, failing)).toBe(failing);
  });
});

describe("Playwright's report", () => {
  it("counts passed, failed, flaky and skipped, with names and reasons", () => {
    const spec = (title: string, status: string, annotations: { type: string; description?: string }[] = []) => ({
      title,
      ok: status === "expected",
      tests: [{ status, annotations }],
    });
    const report = {
      suites: [
        {
          title: "a.spec.ts",
          specs: [spec("works", "expected"), spec("breaks", "unexpected"), spec("wavers", "flaky")],
          suites: [
            {
              title: "inner",
              specs: [
                spec("waits", "skipped", [{ type: "skip", description: "no Electron" }]),
                spec("rests", "skipped"),
              ],
            },
          ],
        },
      ],
      errors: [{ message: "no tests\nat all" }],
    };
    expect(readPlaywrightReport(report)).toEqual({
      passed: 2,
      failed: ["a.spec.ts > breaks", "end to end: no tests"],
      unsteady: ["a.spec.ts > wavers"],
      skipped: [
        { name: "a.spec.ts > inner > waits", reason: "no Electron" },
        { name: "a.spec.ts > inner > rests", reason: "no reason given" },
      ],
    });
  });
});
