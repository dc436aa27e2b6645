/**
 * Confirm or roll back: an attach with a deadline. A guard, a process of its own session, attaches and decides; if nobody
 * confirms in time, what was there before is back.
 */
import * as z from "zod";
import { attachedProgram, mode, place } from "./interfaces.ts";
import { base64, id, netns, u32, u64 } from "./wire.ts";

/** seconds */
export const confirmWithin = z.number().int().min(1).max(3600);

/** 16 hex digits */
export const guardId = z.string().regex(/^[0-9a-f]{16}$/);

export const guardedTarget = z.strictObject({
  place,
  /** what runs until it is confirmed or rolled back */
  program: attachedProgram,
  /** what comes back; null: nothing */
  previous: attachedProgram.nullable(),
});

/** Changes of a map in the place of programs. */
export const guardedMap = z.strictObject({
  id,
  name: z.string(),
  netns,
  /** how many rows are put back unless it is confirmed */
  rows: u32,
  /** which journal of the workbench has them; 16 hex digits */
  journal: z.string().regex(/^[0-9a-f]{16}$/),
});
export type GuardedMap = z.infer<typeof guardedMap>;

/**
 * "waiting": the deadline runs. "confirmed" and "rolled-back": as the user said, or the deadline. "left-alone": something
 * else was attached, or the interface had gone, so nothing was touched. "failed": the kernel refused to roll back.
 */
export const guardState = z.enum(["waiting", "confirmed", "rolled-back", "left-alone", "failed"]);

export const guard = z.strictObject({
  guard: guardId,
  state: guardState,
  /** none where it guards a map */
  targets: z.array(guardedTarget).max(64),
  map: guardedMap.optional(),
  seconds: confirmWithin,
  /** until it rolls back by itself, as of this message; 0 once it is settled */
  secondsLeft: z.number().min(0),
  /** what it did and why, for a person; empty while it waits */
  words: z.string(),
  /** path of the source, or of the object, that the program came from; left out where nobody said */
  source: z.string().max(4096).optional(),
});
export type Guard = z.infer<typeof guard>;

export const guardList = z.strictObject({
  /** those that wait, and those that were settled within the last minute; the latest first */
  guards: z.array(guard),
});
export type GuardList = z.infer<typeof guardList>;

export const guardParams = z.strictObject({ guard: guardId });

/** One of several places of an attach, with everything resolved. */
export const attachTarget = z.strictObject({
  place,
  mode,
  /** what main saw attached in any mode; null for nothing. If something else is there by now, nothing is touched */
  expected: z.strictObject({ mode, id }).nullable(),
});
export type AttachTarget = z.infer<typeof attachTarget>;

/**
 * Told to a guard once, by the helper that started it. Everything is named by id: if the helper ends first, the program
 * is gone and nothing is attached.
 */
export const guardPlaceParams = z.strictObject({
  seconds: confirmWithin,
  program: z.strictObject({ id, tag: z.string(), loadTime: u64 }),
  /** the object's, some of which only programs behind a PROG_ARRAY use */
  maps: z.array(id).max(4096),
  targets: z
    .array(
      attachTarget.extend({
        /** what comes back. Not what is replaced where that itself was never confirmed */
        restore: z.strictObject({ mode, id }).nullable(),
      }),
    )
    .min(1)
    .max(64),
  source: z.string().max(4096).optional(),
});
export type GuardPlaceParams = z.infer<typeof guardPlaceParams>;

export const guardPlaced = z.strictObject({
  guard,
  /** in the order of the targets */
  placed: z.array(
    z.strictObject({
      program: attachedProgram,
      /** what the kernel had there until then */
      replaced: attachedProgram.nullable(),
      gapNanoseconds: u64.nullable(),
    }),
  ),
  notes: z.array(z.string()),
});
export type GuardPlaced = z.infer<typeof guardPlaced>;

/** Told once to a guard of a map, before the first row is written: what is to be put back comes after it. */
export const guardMapParams = z.strictObject({
  seconds: confirmWithin,
  map: guardedMap,
  keySize: u32,
  stride: u32,
  /** values hold a bpf_spin_lock */
  locked: z.boolean(),
  /** see mapChangeParams: counts go on where rows are put back */
  counted: base64.nullable(),
});
export type GuardMapParams = z.infer<typeof guardMapParams>;

/** Rows as they are applied (see mapChangeParams): the guard turns them round. */
export const guardRows = z.strictObject({
  count: u32.max(4096),
  kinds: z.string(),
  keys: z.string(),
  olds: z.string(),
  news: z.string(),
});
export type GuardRows = z.infer<typeof guardRows>;
