/**
 * What a part of the test run has to say, in one shape, and the reading of what Vitest's reporter and Playwright write.
 *
 * @typedef {{ readonly name: string, readonly reason: string }} Skipped
 * @typedef {{
 *   readonly passed: number,
 *   readonly failed: readonly string[],
 *   readonly skipped: readonly Skipped[],
 *   readonly unsteady?: readonly string[],
 * }} Results
 *   unsteady: passed, but only when tried again; said by name, for there is a race to be found behind each
 */

/** @type {Results} */
export const noResults = { passed: 0, failed: [], skipped: [] };

/**
 * @param {readonly Results[]} parts
 * @returns {Results}
 */
export function sumResults(parts) {
  return {
    passed: parts.reduce((sum, { passed }) => sum + passed, 0),
    failed: parts.flatMap(({ failed }) => failed),
    skipped: parts.flatMap(({ skipped }) => skipped),
    unsteady: parts.flatMap(({ unsteady }) => unsteady ?? []),
  };
}

/**
 * @param {Results} results
 * @returns {string} the last line of a test run
 */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`;
}

/**
 * @param {string} line
 * @returns {{ readonly passed: number, readonly failed: number, readonly skipped: number } | undefined}
 */
export function parseSummaryLine(line) {
  const match = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(line);
  if (match === null) return undefined;
  return { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3]) };
}

/**
 * A part that crashes, or says nothing, has failed, whatever it reported before.
 * @param {string} part
 * @param {number | string} exit the exit code, or the signal or reason that ended it
 * @param {Results | undefined} results undefined where no report was written
 * @returns {Results}
 */
export function judgePart(part, exit, results) {
  if (results === undefined) return { ...noResults, failed: [`${part}: wrote no report (${describeExit(exit)})`] };
  if (exit !== 0 && results.failed.length === 0) {
    return { ...results, failed: [`${part}: ${describeExit(exit)}, though no test failed`] };
  }
  if (results.passed + results.failed.length + results.skipped.length === 0) {
    return { ...noResults, failed: [`${part}: ran no test`] };
  }
  return results;
}

/**
 * @param {number | string} exit
 */
function describeExit(exit) {
  return typeof exit === "number" ? `exit code ${exit}` : exit;
}

/**
 * @typedef {{
 *   readonly title: string,
 *   readonly ok: boolean,
 *   readonly tests: readonly { readonly status: string, readonly annotations: readonly { readonly type: string, readonly description?: string }[] }[],
 * }} PlaywrightSpec
 * @typedef {{ readonly title: string, readonly specs?: readonly PlaywrightSpec[], readonly suites?: readonly PlaywrightSuite[] }} PlaywrightSuite
 * @typedef {{ readonly suites: readonly PlaywrightSuite[], readonly errors?: readonly { readonly message?: string }[] }} PlaywrightReport
 */

/**
 * @param {PlaywrightReport} report what Playwright's JSON reporter writes
 * @returns {Results}
 */
export function readPlaywrightReport(report) {
  const inSuites = report.suites.map((suite) => readPlaywrightSuite(suite, []));
  const errors = (report.errors ?? []).map(({ message }) => `end to end: ${message?.split("\n")[0] ?? "an error"}`);
  return sumResults([...inSuites, { ...noResults, failed: errors }]);
}

/**
 * @param {PlaywrightSuite} suite
 * @param {readonly string[]} above titles of the suites around it
 * @returns {Results}
 */
function readPlaywrightSuite(suite, above) {
  const titles = [...above, suite.title];
  const own = (suite.specs ?? []).flatMap(({ title, tests }) =>
    tests.map((test) => {
      const name = [...titles, title].join(" > ");
      if (test.status === "skipped") {
        const skip = test.annotations.find(({ type }) => type === "skip" || type === "fixme");
        return { ...noResults, skipped: [{ name, reason: skip?.description ?? "no reason given" }] };
      }
      if (test.status === "flaky") return { ...noResults, passed: 1, unsteady: [name] };
      return test.status === "expected" ? { ...noResults, passed: 1 } : { ...noResults, failed: [name] };
    }),
  );
  return sumResults([...own, ...(suite.suites ?? []).map((inner) => readPlaywrightSuite(inner, titles))]);
}
