/**
 * verdict ─walk▶ what the verifier did, step by step: of a rejected program as it was, of an accepted one after
 * `verify.walk`, which has it verified once more. Logs reach 8 MB: main keeps those of the last verdicts and sends
 * what is looked at. A walk is named by its object, as `build.object` tells it, and by its program; a walk that was
 * forgotten meanwhile is `not-found`.
 */
import * as z from "zod";
import { registerKnown } from "./verify.ts";
import { symbol, u32 } from "./wire.ts";

const walk = { object: z.string().regex(/^[0-9a-f]{64}$/), program: symbol };
/** most that one answer carries, of lines and of steps */
export const walkPage = 500;
/** characters of the log in one answer */
export const logPage = 1 << 20;

export const walkParams = z.strictObject(walk);
/** 0 where the log does not show any: it would have been over 256 MiB */
export const walked = z.strictObject({ steps: u32 });

const range = { from: u32, count: z.number().int().min(1).max(walkPage) };
export const walkRangeParams = z.strictObject({ ...walk, ...range });

/** Steps that follow one another and belong to one C line. */
export const walkLine = z.strictObject({
  /** absolute; empty where the object has no line records */
  file: z.string(),
  /** 0 where unknown */
  line: u32,
  text: z.string(),
  /** of its steps, the first and the last */
  first: u32,
  last: u32,
});
export type WalkLine = z.infer<typeof walkLine>;
export const walkLines = z.strictObject({ total: u32, lines: z.array(walkLine).max(walkPage) });

export const walkStep = z.strictObject({
  instruction: u32,
  /** as the kernel prints it */
  text: z.string(),
  /** what it changed, as the kernel prints it; empty where the log leaves it out */
  state: z.string(),
});
export type WalkStep = z.infer<typeof walkStep>;
export const walkSteps = z.strictObject({ total: u32, steps: z.array(walkStep).max(walkPage) });

/** `step`: from 0; null for the last one */
export const walkStateParams = z.strictObject({ ...walk, step: u32.nullable() });

export const stackKnown = z.strictObject({
  /** "fp-8" */
  slot: z.string(),
  variable: z.string().nullable(),
  is: z.string(),
  proved: z.string(),
});

/** What the verifier knew when it came to a step. */
export const walkState = z.strictObject({
  /** 0 where the verifier took no step: then all the rest is empty */
  steps: u32,
  step: u32,
  /** C lines in the walk, and which of them the step belongs to */
  lines: u32,
  line: u32,
  /** of that line's steps, the first and the last */
  first: u32,
  last: u32,
  instruction: u32,
  text: z.string(),
  /** the C function's depth of calls: 0 is the program's own */
  frame: u32,
  /** those concerned first */
  registers: z.array(registerKnown),
  /** of that frame; the newest slot last */
  stack: z.array(stackKnown),
  /** ids of what must be released before the end */
  references: z.array(u32),
  /** registers and slots that are not as they were at the step before */
  changed: z.array(z.string()),
});
export type WalkState = z.infer<typeof walkState>;

/** `from`: in characters (UTF-16 units) */
export const walkLogParams = z.strictObject({ ...walk, from: u32 });
export const walkLog = z.strictObject({ text: z.string().max(logPage), total: u32 });
