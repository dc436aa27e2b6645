/** Verifier logs of programs that are too large reach 80 MB; a message carries 32. */

/** Characters of one program's log on the wire: mostly ASCII, and JSON adds a byte to each line's end. */
export const longestLog = 8 * 1024 * 1024;

/**
 * The log with the middle of its lines left out, and a line "; 123 lines left out here" that says so. The end, where the
 * reason stands, gets seven eighths of `limit`. A log that fits is answered as it is.
 */
export function shortenLog(log: string, limit = longestLog): string {
  if (log.length <= limit) return log;
  const head = log.lastIndexOf("\n", Math.floor(limit / 8)) + 1;
  const tail = log.indexOf("\n", log.length - Math.floor((limit / 8) * 7)) + 1;
  const from = tail === 0 ? log.length - Math.floor((limit / 8) * 7) : tail;
  let lines = 0;
  for (let at = log.indexOf("\n", head); at >= 0 && at < from; at = log.indexOf("\n", at + 1)) lines++;
  return `${log.slice(0, head)}; ${lines} lines left out here\n${log.slice(from)}`;
}
