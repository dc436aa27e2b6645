/** attachment ─maps▶ a file: every entry, formatted page by page while the next ones are on their way. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import { sourceOf } from "../../tables/printing/print-operations.ts";
import type { DescribedMap } from "../describe-entries.ts";
import { type Format, framingOf } from "./formats.ts";
import { createTextSink } from "./text-sink.ts";
import { type Page, walkPages } from "./walk-pages.ts";

export interface Destination {
  /** may keep the bytes until it resolves */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** forgets what was written; null where that cannot be, as on standard output */
  readonly again: (() => Promise<void>) | null;
}

/** @returns how many entries. @throws Failed `kernel`, `bad-value` (what the format cannot say), `not-found` */
export async function exportMap(
  peer: ElevatedPeer,
  described: DescribedMap,
  format: Format | "snapshot",
  { write, again }: Destination,
  token?: CancellationToken,
): Promise<number> {
  const { description, layout } = described;
  const { head, between, tail, printer } = framingOf(described, format);
  const separator = Buffer.from(between);
  const longest = printer.longest + separator.length;
  const sink = createTextSink(write);
  let first = true;

  const text = async (piece: string): Promise<void> => {
    const bytes = Buffer.from(piece);
    await sink.room(bytes.length);
    sink.at += bytes.copy(sink.bytes, sink.at);
  };
  const take = async (page: Page): Promise<void> => {
    const keys = sourceOf(page.keys, layout.key.littleEndian);
    const values = sourceOf(page.values, layout.value.littleEndian);
    const { keySize } = description.map;
    const { valueStride } = description;
    for (let index = 0; index < page.count; ) {
      await sink.room(longest);
      const { bytes } = sink;
      const last = bytes.length - longest;
      let { at } = sink;
      for (; index < page.count && at <= last; index++) {
        if (!first) for (const byte of separator) bytes[at++] = byte;
        first = false;
        at = printer.print(keys, index * keySize, values, index * valueStride, bytes, at);
      }
      sink.at = at;
    }
  };

  let total: number;
  if (again === null && description.map.type === "lpm_trie") {
    // What is written cannot be taken back, and a trie may make the walk start over.
    let pages: Page[] = [];
    total = await walkPages(
      peer,
      description,
      token,
      (page) => void pages.push(page),
      () => void (pages = []),
    );
    await text(head);
    for (const page of pages) await take(page);
  } else {
    await text(head);
    const startAgain = async (): Promise<void> => {
      await sink.flush();
      await again?.();
      first = true;
      await text(head);
    };
    total = await walkPages(peer, description, token, take, startAgain);
  }
  await text(tail);
  await sink.flush();
  return total;
}
