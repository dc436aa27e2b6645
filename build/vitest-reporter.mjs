/**
 * A Vitest reporter that writes what build/test.mjs sums up, to the file named by XDPW_TEST_RESULTS. Vitest's own JSON
 * reporter leaves out why a test was skipped, and errors outside of tests.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * @typedef {import("vitest/node").TestModule} TestModule
 * @typedef {import("./test-results.mjs").Skipped} Skipped
 */

/** Vitest wants the default export of a class. */
export default class ResultsReporter {
  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly { readonly message?: string }[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env["XDPW_TEST_RESULTS"];
    if (file === undefined) return;
    let passed = 0;
    /** @type {string[]} */
    const failed = unhandledErrors.map(({ message }) => `outside of tests: ${message?.split("\n")[0] ?? "an error"}`);
    /** @type {Skipped[]} */
    const skipped = [];
    /** @type {string[]} */
    const unsteady = [];
    for (const module of modules) {
      const where = module.relativeModuleId;
      if (module.errors().length > 0) failed.push(`${where}: ${module.errors()[0]?.message.split("\n")[0]}`);
      for (const suite of module.children.allSuites()) {
        if (suite.errors().length > 0) {
          failed.push(`${where} > ${suite.fullName}: ${suite.errors()[0]?.message.split("\n")[0]}`);
        }
      }
      for (const test of module.children.allTests()) {
        const name = `${where} > ${test.fullName}`;
        const result = test.result();
        if (test.diagnostic()?.flaky === true) unsteady.push(name);
        if (result.state === "passed") passed += 1;
        else if (result.state === "failed") failed.push(name);
        else
          skipped.push({ name, reason: ("note" in result ? result.note : undefined) ?? reasonInTitle(test.fullName) });
      }
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ passed, failed, skipped, unsteady }));
  }
}

/**
 * `describe.skipIf` takes no reason: suites that are skipped as a whole say it in brackets in their title.
 * @param {string} title
 */
function reasonInTitle(title) {
  const bracketed = /[([]((?:needs|not|no|without|unless|only)\b[^)\]]*)[)\]]/i.exec(title);
  if (bracketed?.[1] !== undefined) return bracketed[1];
  return process.getuid?.() === 0 ? "no reason given" : "not root";
}
