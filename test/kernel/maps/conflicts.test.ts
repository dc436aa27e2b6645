/**
 * Changes beside a writer that changes 1,000 rows a second. Every value says who wrote it and on what it is based, so that
 * each write of the writer's that was lost unseen is counted, in the window that BPF leaves between compare and write.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadedObject } from "../../../helper/native/face.ts";
import type { MapHandle } from "../../../helper/native/map-face.ts";
import type { Change } from "../../../protocol/changes.ts";
import { buildHelper, skipReason } from "../helper/harness.ts";
import { compile, loading, native } from "../native/support.ts";
import { never, openRooms, u32of } from "./changing.ts";

const source = `
struct mark { __u32 who; __u32 serial; __u32 on; __u32 pad; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1024); __type(key, __u32); __type(value, struct mark); } marks SEC(".maps");
SEC("xdp") int marked(struct xdp_md *ctx) { __u32 key = 0; return bpf_map_lookup_elem(&marks, &key) ? XDP_PASS : XDP_DROP; }
`;
const [theirs, ours] = [1, 2];
const steady = 64;
const coming = 32;
const foreignWrites = 5000;

interface Mark {
  readonly who: number;
  readonly serial: number;
  /** serial of the value that this one was to replace; 0 where none was there */
  readonly on: number;
}

const encode = ({ who, serial, on }: Mark): Buffer => Buffer.concat([u32of(who), u32of(serial), u32of(on), u32of(0)]);
function decode(bytes: Buffer | null): Mark | null {
  if (bytes === null) return null;
  return { who: bytes.readUInt32LE(0), serial: bytes.readUInt32LE(4), on: bytes.readUInt32LE(8) };
}

describe.skipIf(skipReason !== "")("changes beside a writer", () => {
  let loaded: LoadedObject;
  let marks: MapHandle;
  let state: string;
  let rooms: ReturnType<typeof openRooms>;
  beforeAll(async () => {
    await buildHelper();
    await native.warmPool();
    loaded = await native.loadObject(loading(compile(source), "marked"));
    marks = native.openMap(loaded.maps[0]?.id ?? 0);
    state = mkdtempSync(join(tmpdir(), "xdpwt-conflicts-"));
    rooms = openRooms(state);
    await rooms.helpers.elevated("test");
  });
  afterAll(async () => {
    marks?.close();
    loaded?.close();
    await rooms?.helpers.close();
    if (state !== undefined) rmSync(state, { recursive: true });
  });

  it("lose at most 1 in 1,000 of its writes, tell every conflict, and no addition overwrites", async () => {
    let serial = 0;
    let written = 0;
    let lost = 0;
    let overwrittenByAdditions = 0;
    /** what the writer left in each row; 0 where it left none */
    const left = new Map<number, number>();
    const seen = new Set<number>();
    const write = (row: number): void => {
      const key = u32of(row);
      const now = decode(marks.lookup(key));
      if (now?.who === ours) {
        seen.add(now.serial);
        const mine = left.get(row) ?? 0;
        if (now.on !== mine) {
          if (now.on === 0) overwrittenByAdditions += 1;
          else lost += 1;
        }
      }
      serial += 1;
      const gone = row >= steady && now !== null && Math.random() < 0.5;
      if (gone) marks.delete(key);
      else marks.update(key, encode({ who: theirs, serial, on: 0 }), "any");
      left.set(row, gone ? 0 : serial);
      written += 1;
    };
    for (let row = 0; row < steady; row++) write(row);
    const began = performance.now();
    const timer = setInterval(() => {
      while (written < performance.now() - began && written < foreignWrites) {
        write(Math.floor(Math.random() * (steady + coming)));
      }
    }, 1);

    let applied = 0;
    let conflicts = 0;
    let overtaken = 0;
    const missing: string[] = [];
    try {
      while (written < foreignWrites) {
        const rows = Array.from({ length: steady + coming }, (_, row) => row);
        const wished = new Map<string, number>();
        const changes = rows.map((row): Change => {
          const key = u32of(row);
          const now = marks.lookup(key);
          serial += 1;
          const base = decode(now);
          // upon a value of our own, what it was based on still counts
          const on = base?.who === ours ? base.on : (base?.serial ?? 0);
          if (base?.who === ours) seen.add(base.serial);
          wished.set(key.toString("base64"), serial);
          const value = encode({ who: ours, serial, on }).toString("base64");
          return { key: key.toString("base64"), was: now?.toString("base64") ?? null, value };
        });
        const report = await rooms.handlers["maps.apply"](
          { id: marks.info.id, netns: null, title: "marks", changes },
          { token: never },
        );
        expect(report).toMatchObject({ untouched: 0, ended: null });
        expect(report.conflicts.length).toBe(report.conflictCount);
        applied += report.done;
        conflicts += report.conflictCount;
        const told = new Set(report.conflicts.map(({ change }) => change.key));
        expect(report.done).toBeGreaterThanOrEqual(changes.length - told.size);
        for (const [key, wish] of wished) {
          if (told.has(key) || seen.has(wish)) continue;
          const now = decode(marks.lookup(Buffer.from(key, "base64")));
          // the writer itself looks and then writes: ours may have come in between, and is overwritten unseen by it
          if (now?.who === theirs && now.serial > wish) overtaken += 1;
          else if (now?.serial !== wish) missing.push(`row ${key}: ${JSON.stringify(now)} in place of ${wish}`);
        }
      }
    } finally {
      clearInterval(timer);
    }
    console.log(`${written} foreign writes, ${applied} rows applied, ${conflicts} conflicts told, ${lost} lost unseen`);
    expect(missing).toEqual([]);
    expect(overwrittenByAdditions).toBe(0);
    expect(lost * 1000).toBeLessThanOrEqual(written);
    expect(overtaken * 1000).toBeLessThanOrEqual(written);
    expect(conflicts).toBeGreaterThan(0);
    expect(applied).toBeGreaterThan(1000);
  });
});
