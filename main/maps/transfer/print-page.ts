/** A page of a map's entries ─▶ text, with what stands between them. */
import { sourceOf, targetOf } from "../../tables/printing/print-operations.ts";
import type { DescribedMap } from "../describe-entries.ts";
import { type Format, framingOf } from "./formats.ts";
import type { Page } from "./walk-pages.ts";

export interface PrintTask {
  readonly do: "print";
  readonly described: DescribedMap;
  readonly format: Format | "snapshot";
  readonly page: Page;
  /** nothing stands before its first entry */
  readonly first: boolean;
  /** where the text may go, if it fits */
  readonly into: ArrayBuffer | null;
}

export interface PrintedPage {
  readonly text: Uint8Array;
}

/** what an entry takes is not known before; most are shorter than this */
const usual = 128;

/** @throws Failed `bad-value` where the format cannot say what the map holds */
export function printPage({ described, format, page, first, into }: PrintTask): PrintedPage {
  const { description, layout } = described;
  const { between, printer } = framingOf(described, format);
  const separator = Buffer.from(between);
  const longest = printer.longest + separator.length;
  const keys = sourceOf(page.keys, layout.key.littleEndian);
  const values = sourceOf(page.values, layout.value.littleEndian);
  const { keySize } = description.map;
  const { valueStride } = description;
  let bytes = Buffer.from(into ?? new ArrayBuffer(longest + page.count * Math.min(longest, usual)));
  let target = targetOf(bytes);
  let at = 0;
  for (let index = 0; index < page.count; index++) {
    if (at + longest > bytes.length) {
      bytes = grown(bytes, longest);
      target = targetOf(bytes);
    }
    if (!first || index > 0) for (const byte of separator) bytes[at++] = byte;
    at = printer.print(keys, index * keySize, values, index * valueStride, target, at);
  }
  return { text: bytes.subarray(0, at) };
}

function grown(bytes: Buffer<ArrayBuffer>, longest: number): Buffer<ArrayBuffer> {
  const larger = Buffer.from(new ArrayBuffer(bytes.length * 2 + longest));
  larger.set(bytes);
  return larger;
}
