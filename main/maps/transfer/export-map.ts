/** attachment ─maps▶ a file: every entry, pages printed side by side while the next ones are on their way. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { ElevatedPeer } from "../../helpers/helper-pool.ts";
import { type DescribedMap, plainMap } from "../describe-entries.ts";
import { type Format, framingOf } from "./formats.ts";
import { type PrintedPage, printPage } from "./print-page.ts";
import type { FileThreads } from "./threads/file-threads.ts";
import { type Page, pageEntries, walkPages } from "./walk-pages.ts";

export interface Destination {
  /** may keep the bytes until it resolves */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** forgets what was written; null where that cannot be, as on standard output */
  readonly again: (() => Promise<void>) | null;
}

/** @returns how many entries. @throws Failed `kernel`, `bad-value` (what the format cannot say), `not-found` */
export async function exportMap(
  peer: ElevatedPeer,
  threads: FileThreads,
  described: DescribedMap,
  format: Format | "snapshot",
  { write, again }: Destination,
  token?: CancellationToken,
): Promise<number> {
  const map = plainMap(described);
  const { description } = map;
  // a trie is read no faster than one thread prints it, and slower where more threads take the cores
  const oneByOne = description.map.type === "lpm_trie";
  if (description.map.maxEntries > pageEntries && !oneByOne) threads.start();
  const { head, tail } = framingOf(map, format);
  /** pages on their way from the kernel to the file, in their order */
  const waiting: Promise<void>[] = [];
  const most = threads.count * 2 + 1;
  /** all that came before */
  let written: Promise<void> = Promise.resolve();
  /** texts that were written: another page can be printed there */
  const spare: ArrayBuffer[] = [];
  let first = true;
  let last: Promise<unknown> = Promise.resolve();

  const text = (piece: string): Promise<void> => (piece === "" ? Promise.resolve() : write(Buffer.from(piece)));
  const print = (page: Page, alone: boolean): Promise<PrintedPage> => {
    const into = spare.pop() ?? null;
    const task = { do: "print", described: map, format, page, first, into } as const;
    first = false;
    if (alone) return Promise.resolve(printPage(task));
    const run = (): Promise<PrintedPage> => threads.run(task, [...buffersOf(page), ...(into === null ? [] : [into])]);
    const printed = oneByOne ? last.then(run) : run();
    last = printed;
    return printed;
  };
  const writeAfter = async (before: Promise<void>, printed: Promise<PrintedPage>): Promise<void> => {
    // both, so that neither fails unheard
    const [page] = await Promise.all([printed, before]);
    await write(page.text);
    if (page.text.buffer instanceof ArrayBuffer) spare.push(page.text.buffer);
  };
  const take = async (page: Page): Promise<void> => {
    // a map of one page is printed before a thread has started
    written = writeAfter(written, print(page, first && page.last));
    // whoever waits for it next is told
    written.catch(() => undefined);
    waiting.push(written);
    while (waiting.length > most) await waiting.shift();
  };
  const finish = async (): Promise<void> => {
    waiting.length = 0;
    await written;
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
      await finish();
      await again?.();
      first = true;
      await text(head);
    };
    total = await walkPages(peer, description, token, take, startAgain);
  }
  await finish();
  await text(tail);
  return total;
}

function buffersOf({ keys, values }: Page): ArrayBuffer[] {
  return [keys.buffer, values.buffer].filter(
    (buffer) => buffer instanceof ArrayBuffer && buffer.byteLength > 0,
  ) as ArrayBuffer[];
}
