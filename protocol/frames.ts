/**
 * Framing of the unix socket. A message is one JSON text a line (JSON.stringify leaves no line feed inside). Bytes beside it,
 * which JSON would carry a third longer and slowly, come right behind its line, and are named before its text:
 *
 *     +keys:16384,values:49152 {"jsonrpc":"2.0",…}⏎ 16384 bytes 49152 bytes
 *
 * A message over the limit, its bytes counted, is thrown away as it arrives, never gathered, and the next one is read as usual.
 */
import type { Beside } from "./pipe.ts";

const lineFeed = 10;
const plus = 43;
const space = 32;
/** of the names and lengths before a text */
const longestHead = 256;
const mostParts = 8;

export interface FrameSplitter {
  push(chunk: Uint8Array): void;
}

export interface FrameHandlers {
  /** the parts of one text without head and line feed, each a view of a pushed chunk; null: nothing came beside it */
  message(text: readonly Uint8Array[], beside: Beside | null): void;
  overlong(bytes: number): void;
}

interface Part {
  readonly name: string;
  readonly length: number;
}

/** What stands before a text, its line feed and its bytes left out. */
export function headOf(beside: Beside): string {
  return `+${Object.entries(beside)
    .map(([name, bytes]) => `${name}:${bytes.length}`)
    .join(",")} `;
}

export function createFrameSplitter(maximumBytes: number, handlers: FrameHandlers): FrameSplitter {
  let text: Uint8Array[] = [];
  let length = 0;
  /** what is still to come beside the text that is there */
  let awaited: { readonly into: Beside; readonly parts: readonly Uint8Array[]; part: number; filled: number } | null =
    null;
  let skip = 0;

  const take = (piece: Uint8Array): void => {
    length += piece.length;
    if (length > maximumBytes) text = [];
    else if (piece.length > 0) text.push(piece);
  };
  const endOfLine = (): void => {
    const [whole, bytes] = [text, length];
    text = [];
    length = 0;
    if (bytes > maximumBytes) return handlers.overlong(bytes);
    if (bytes === 0) return;
    const head = whole[0]?.[0] === plus ? readHead(whole) : null;
    if (head === null) return handlers.message(whole, null);
    const total = head.parts.reduce((sum, part) => sum + part.length, bytes);
    if (total > maximumBytes) {
      skip = total - bytes;
      return handlers.overlong(total);
    }
    const into: Record<string, Uint8Array> = {};
    for (const part of head.parts) into[part.name] = new Uint8Array(part.length);
    text = [...without(whole, head.end)];
    awaited = { into, parts: Object.values(into), part: 0, filled: 0 };
    deliverFilled();
  };
  /** Parts of no bytes are there before any come. */
  const deliverFilled = (): void => {
    if (awaited === null) return;
    while (awaited.part < awaited.parts.length && awaited.filled === awaited.parts[awaited.part]?.length) {
      awaited.part += 1;
      awaited.filled = 0;
    }
    if (awaited.part < awaited.parts.length) return;
    const [whole, { into }] = [text, awaited];
    text = [];
    awaited = null;
    handlers.message(whole, into);
  };

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length; ) {
        if (skip > 0) {
          const some = Math.min(skip, chunk.length - at);
          skip -= some;
          at += some;
        } else if (awaited !== null) {
          const part = awaited.parts[awaited.part] as Uint8Array;
          const some = Math.min(part.length - awaited.filled, chunk.length - at);
          part.set(chunk.subarray(at, at + some), awaited.filled);
          awaited.filled += some;
          at += some;
          deliverFilled();
        } else {
          const end = chunk.indexOf(lineFeed, at);
          take(end < 0 ? chunk.subarray(at) : chunk.subarray(at, end));
          at = end < 0 ? chunk.length : end + 1;
          if (end >= 0) endOfLine();
        }
      }
    },
  };
}

/** Null where it is none: then the line is a text, whatever it says. */
function readHead(line: readonly Uint8Array[]): { readonly parts: readonly Part[]; readonly end: number } | null {
  let head = "";
  search: for (const piece of line) {
    for (const byte of piece) {
      if (byte === space) break search;
      if (head.length === longestHead) return null;
      head += String.fromCharCode(byte);
    }
  }
  const words = head.slice(1).split(",");
  if (words.length > mostParts) return null;
  const parts: Part[] = [];
  for (const word of words) {
    const [, name, digits] = /^([a-z][a-zA-Z]{0,30}):(0|[1-9]\d{0,9})$/.exec(word) ?? [];
    if (name === undefined || parts.some((other) => other.name === name)) return null;
    parts.push({ name, length: Number(digits) });
  }
  return { parts, end: head.length + 1 };
}

function* without(line: readonly Uint8Array[], bytes: number): Generator<Uint8Array> {
  let rest = bytes;
  for (const piece of line) {
    if (rest < piece.length) yield piece.subarray(rest);
    rest = Math.max(0, rest - piece.length);
  }
}
