/** Characters of a program's log that come with the verdict: the rest is asked for when somebody looks at it. */
export const logLimit = 64 * 1024;

/** Whether main left out its middle: see shortenLog. */
export function isCut(log: string): boolean {
  return log.length > logLimit / 2 && /^; \d+ lines left out here$/m.test(log);
}
