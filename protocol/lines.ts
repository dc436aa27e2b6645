/**
 * Framing of the unix socket: one JSON text a line (JSON.stringify leaves no line feed inside).
 * A line over the limit is counted and thrown away as it arrives, never gathered, and the next one is read as usual.
 */
const lineFeed = 10;

export interface LineSplitter {
  push(chunk: Uint8Array): void;
}

export interface LineHandlers {
  /** the parts of one line without its line feed, each a view of a pushed chunk */
  line(parts: readonly Uint8Array[]): void;
  overlong(bytes: number): void;
}

export function createLineSplitter(maximumBytes: number, handlers: LineHandlers): LineSplitter {
  let parts: Uint8Array[] = [];
  let length = 0;
  const take = (part: Uint8Array): void => {
    length += part.length;
    if (length > maximumBytes) parts = [];
    else if (part.length > 0) parts.push(part);
  };
  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
        take(chunk.subarray(start, end));
        const [whole, bytes] = [parts, length];
        parts = [];
        length = 0;
        start = end + 1;
        if (bytes > maximumBytes) handlers.overlong(bytes);
        else if (bytes > 0) handlers.line(whole);
      }
      take(chunk.subarray(start));
    },
  };
}
