/**
 * The guard of changes of a map: it holds what was there before the first row is written, and puts it back unless a word
 * comes in time. The deadline runs once all rows are in, or once whoever was writing them is gone.
 */
import { closeSync, openSync } from "node:fs";
import { fail } from "../../protocol/failures.ts";
import type { Guard, GuardMapParams, GuardRows } from "../../protocol/guard.ts";
import { errnoWords, isKernelError } from "../failures.ts";
import { inNamespace, namespacePath } from "../namespaces.ts";
import type { MapHandle } from "../native/map-face.ts";
import type { NativeFace } from "../native/face.ts";
import type { Decider } from "./decide.ts";
import { createDecision, type Settled, type Told } from "./decision.ts";

export interface MapDecider extends Omit<Decider, "place"> {
  hold(rows: GuardRows): void;
  /** all rows are held */
  watch(): Guard;
  /** all are written that will be */
  applied(): Guard;
  /** who was to write them is gone */
  starterGone(): void;
}

/** The numbers of MapHandle.change. */
const kinds = { add: 0, replace: 1, remove: 2 } as const;
const ours = { done: 0, already: 1, overwritten: 5, removedAfter: 7 } as const;

interface Held {
  readonly count: number;
  readonly kinds: Buffer;
  readonly keys: Buffer;
  readonly olds: Buffer;
  readonly news: Buffer;
}

/** @throws Failed where the map or its namespace is gone, or the map is another one */
export function createMapDecider(native: NativeFace, id: string, params: GuardMapParams, told: Told): MapDecider {
  const { map, seconds, keySize, stride } = params;
  const how: How = {
    locked: params.locked,
    counted: params.counted === null ? null : Buffer.from(params.counted, "base64"),
  };
  if (how.counted !== null && how.counted.length !== stride) {
    fail({ kind: "bad-value", field: "counted", message: `guard ${id}: counts of another size than the map's values` });
  }
  // a name may go before the deadline does
  if (map.netns !== null) inNamespace(native, map.netns, () => undefined);
  const path = namespacePath(map.netns);
  const handle = openSame(native, params);
  const namespace = path === null ? null : openSync(path, "r");
  const held: Held[] = [];

  const describe = (): Guard => {
    if (decision.state === "idle") {
      return fail({ kind: "not-found", what: "guard", name: "", message: "the guard watches nothing yet" });
    }
    return {
      ...{ guard: id, state: decision.state, targets: [], map, seconds, words: decision.words },
      secondsLeft: decision.secondsLeft() ?? seconds,
    };
  };
  const inside = <T>(run: () => T): T =>
    namespace === null ? run() : native.inNetns(`/proc/self/fd/${namespace}`, run);
  const putBackAll = (why: string): Settled => {
    const counts = { back: 0, left: 0 };
    try {
      // what came last goes first: a full map has room again before it needs it
      for (const rows of held.toReversed()) inside(() => putBack(handle, rows, how, counts));
    } catch (error) {
      const kernel = isKernelError(error) ? `${errnoWords(error.code, error.errno)} (${error.code})` : String(error);
      return {
        state: "failed",
        words: `${why}: putting rows of ${map.name} back failed: ${kernel}; trying again every second`,
      };
    }
    const left = counts.left === 0 ? "" : `, ${rowsWords(counts.left)} that somebody changed since left alone`;
    return { state: "rolled-back", words: `${why}: ${rowsWords(counts.back)} of ${map.name} as before${left}` };
  };
  const release = (): void => {
    handle.close();
    if (namespace !== null) closeSync(namespace);
  };
  const decision = createDecision({ describe, putBack: putBackAll, release }, told);
  return {
    hold(rows) {
      const bytes = (text: string, size: number): Buffer => {
        const found = Buffer.from(text, "base64");
        if (found.length === rows.count * size) return found;
        return fail({ kind: "bad-value", field: "rows", message: `guard ${id}: rows of another size than the map's` });
      };
      if (decision.state !== "idle") fail({ kind: "name-taken", name: id, message: `guard ${id}: it watches already` });
      held.push({
        ...{ count: rows.count, kinds: bytes(rows.kinds, 1), keys: bytes(rows.keys, keySize) },
        ...{ olds: bytes(rows.olds, stride), news: bytes(rows.news, stride) },
      });
    },
    watch() {
      decision.wait();
      return describe();
    },
    applied() {
      decision.startClock(seconds);
      const now = describe();
      told.changed(now);
      return now;
    },
    starterGone: () => decision.startClock(seconds),
    describe,
    confirm: () =>
      decision.state === "waiting"
        ? decision.settle({ state: "confirmed", words: `confirmed: ${rowsWords(map.rows)} of ${map.name} stay` })
        : describe(),
    rollBack: decision.rollBack,
    // what somebody changes since is seen row by row
    superseded: describe,
    get state() {
      return decision.state;
    },
  };
}

function openSame(native: NativeFace, { map, keySize, stride }: GuardMapParams): MapHandle {
  const handle = native.openMap(map.id);
  if (handle.info.keySize === keySize && handle.valueStride === stride) return handle;
  handle.close();
  return fail({
    kind: "not-found",
    what: "map",
    name: map.name,
    message: `map ${map.name} (id ${map.id}) is another one`,
  });
}

interface How {
  readonly locked: boolean;
  readonly counted: Buffer | null;
}

/** Turned round: what was added is removed, what was removed is added, from the last row to the first. */
function putBack(handle: MapHandle, rows: Held, how: How, counts: { back: number; left: number }): void {
  const { count } = rows;
  const turned = (bytes: Buffer): Buffer => {
    const size = bytes.length / count;
    const all = Buffer.alloc(bytes.length);
    for (let at = 0; at < count; at++) bytes.copy(all, at * size, (count - 1 - at) * size, (count - at) * size);
    return all;
  };
  const back = turned(rows.kinds).map((kind) =>
    kind === kinds.add ? kinds.remove : kind === kinds.remove ? kinds.add : kinds.replace,
  );
  const { outcomes, refusal } = handle.change(
    ...([count, Buffer.from(back), turned(rows.keys), turned(rows.news), turned(rows.olds)] as const),
    ...([how.locked, false, how.counted] as const),
  );
  if (refusal !== null) throw refusal;
  for (const outcome of outcomes) {
    if (Object.values<number>(ours).includes(outcome)) counts.back += 1;
    else counts.left += 1;
  }
}

function rowsWords(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}
