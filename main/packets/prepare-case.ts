/** A case of the file to the bytes that the helper runs, and what is to be held against what comes back. */
import { fail } from "../../protocol/failures.ts";
import type { PacketCase } from "../../protocol/packets.ts";
import type { MapLayout } from "../tables/describe-map.ts";
import { readRedirect, redirectJson } from "../maps/typed-redirect.ts";
import { parseKeyText, parseValueText } from "../tables/parse-entry.ts";
import type { Parsed } from "../tables/parse-value.ts";
import type { FileCase, Typed } from "./packets-file.ts";
import { parsePacket } from "./parse-packet.ts";
import { foldedLayout } from "./fold-copies.ts";

export interface ExpectedEntry {
  readonly map: string;
  readonly layout: MapLayout;
  readonly key: Uint8Array;
  /** as typed; null where there should be no entry */
  readonly value: string | null;
}

export interface PreparedCase {
  readonly name: string;
  readonly run: PacketCase;
  readonly action: FileCase["expect"]["action"];
  readonly packet: Buffer | null;
  readonly entries: readonly ExpectedEntry[];
}

/** @throws Failed `bad-value` that names case and field */
export function prepareCase(one: FileCase, layouts: ReadonlyMap<string, MapLayout>): PreparedCase {
  const at = (field: string): At => ({ name: one.name, field });
  const packet = packetAt(at("packet"), one.packet);
  const entries = (one.expect.maps ?? []).map(({ map, key, value }, index): ExpectedEntry => {
    const field = `expect.maps[${index}]`;
    const layout = layoutOf(at(`${field}.map`), layouts, map);
    if (layout.readOnly !== null) wrong(at(`${field}.map`), `${map} ${layout.readOnly}`);
    const bytes = bytesAt(at(`${field}.key`), parseKeyText(layout, textOf(at(`${field}.key`), key)));
    const text = value === null ? null : textOf(at(`${field}.value`), value);
    if (text !== null) {
      const folded = foldedLayout(layout);
      // what is not named is not compared, so any bytes will do below it
      bytesAt(at(`${field}.value`), parseValueText(folded, text, new Uint8Array(folded.value.size)));
    }
    return { map, layout, key: bytes, value: text };
  });
  const { context } = one;
  const unchanged = one.expect.packet === "unchanged";
  const expected =
    one.expect.packet === undefined || unchanged ? null : packetAt(at("expect.packet"), one.expect.packet);
  return {
    name: one.name,
    action: one.expect.action,
    packet: unchanged ? packet : expected,
    entries,
    run: {
      packet: packet.toString("base64"),
      before: (one.before ?? []).map((earlier, index) => ({
        packet: (earlier.packet === undefined
          ? packet
          : packetAt(at(`before[${index}].packet`), earlier.packet)
        ).toString("base64"),
        count: earlier.count ?? 1,
      })),
      context: context === undefined ? null : { ifindex: context.ifindex, queue: context.queue ?? 0 },
      entries: (one.setup ?? []).map(({ map, key, value }, index) => {
        const field = `setup[${index}]`;
        const layout = layoutOf(at(`${field}.map`), layouts, map);
        const keyBytes = bytesAt(at(`${field}.key`), parseKeyText(layout, textOf(at(`${field}.key`), key)));
        return { map, key: base64(keyBytes), value: valueAt(at(`${field}.value`), map, layout, value) };
      }),
      read: entries.map(({ map, key }) => ({ map, key: base64(key) })),
    },
  };
}

interface At {
  readonly name: string;
  readonly field: string;
}

function wrong({ name, field }: At, message: string): never {
  return fail({ kind: "bad-value", field, message: `case ${JSON.stringify(name)}: ${field}: ${message}` });
}

function packetAt(at: At, text: FileCase["packet"]): Buffer {
  const parsed = parsePacket(text);
  return parsed.ok ? parsed.bytes : wrong(at, parsed.message);
}

function layoutOf(at: At, layouts: ReadonlyMap<string, MapLayout>, map: string): MapLayout {
  const layout = layouts.get(map);
  if (layout !== undefined) return layout;
  return wrong(at, `the object has no map ${map}; it has ${[...layouts.keys()].join(", ") || "none"}`);
}

/** null asks for a new AF_XDP socket: nobody can type a file descriptor */
function valueAt(at: At, map: string, layout: MapLayout, value: Typed): string | null {
  if (layout.type === "xskmap") {
    return value === "socket" ? null : wrong(at, 'an xskmap holds AF_XDP sockets: give "socket"');
  }
  if (layout.readOnly !== null) return wrong(at, `${map} ${layout.readOnly}`);
  const summary = { id: 0, name: map, valueSize: layout.value.size, type: layout.type };
  const text = textOf(at, value);
  const redirect = readRedirect(summary, text);
  if ((redirect?.program ?? "none") !== "none") {
    return wrong(at, "a test run sends nothing, so an entry's program does not run: leave it out");
  }
  return base64(
    bytesAt(at, parseValueText(layout, redirect === null ? text : redirectJson(summary, redirect, true), null)),
  );
}

/** JSON as it would be typed on the command line. */
function textOf(at: At, value: Typed): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return wrong(at, "a number beyond 2^53 is rounded by JSON: give it as a string");
  }
  return JSON.stringify(value);
}

function bytesAt(at: At, parsed: Parsed): Uint8Array {
  return parsed.ok ? parsed.bytes : wrong(at, parsed.failure.message);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
