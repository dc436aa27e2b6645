/** object ─verify▶ verdict: what the kernel's verifier says of each program, in a load of its own. */
import * as z from "zod";
import { build, input, pipeline } from "./build.ts";
import { loadSettings } from "./attach.ts";
import { diagnostic } from "./diagnostic.ts";
import { loadOptions } from "./reload.ts";
import { longestLog } from "./shorten-log.ts";
import { base64, path, symbol, u32 } from "./wire.ts";

/** Asked of the elevated helper: load this one program, keep the log, close everything again. */
export const judgeParams = z.strictObject({
  object: base64,
  name: z.string().max(255),
  program: symbol,
  /** set the type to XDP before loading, where the section name does not say it */
  asXdp: z.boolean(),
  settings: loadSettings.optional(),
  /** the log of an accepted program too: each step that the verifier took, on every path */
  everyStep: z.boolean().optional(),
});
export const judgement = z.strictObject({
  accepted: z.boolean(),
  /** whole up to longestLog characters; of a longer one the middle is left out, and a line says so */
  log: z.string(),
  /** what libbpf itself had to say */
  libbpf: z.string(),
  /** empty where accepted; else the kernel's errno name and words */
  error: z.string(),
  /** after libbpf's relocation: what the kernel got and what it made of it; 0 where rejected */
  xlatedBytes: u32,
  jitedBytes: u32,
  /** instructions that the verifier walked through */
  processed: u32,
});
export type Judgement = z.infer<typeof judgement>;

/** A register as the verifier knew it when it said no, in words. */
export const registerKnown = z.strictObject({
  /** "R0" … "R10" */
  register: z.string(),
  /** the C variable or expression in it; null where that is not known for sure */
  variable: z.string().nullable(),
  /** as "packet pointer, offset 12" */
  is: z.string(),
  /** as "0 bytes readable" or "0 ≤ value ≤ 255"; empty where nothing is */
  proved: z.string(),
  /** the rejection is about it */
  concerned: z.boolean(),
});
export type RegisterKnown = z.infer<typeof registerKnown>;

/** Why a program was rejected, at a C line, in plain words. */
export const rejection = z.strictObject({
  /** stable, as "missing-bounds-check"; "verifier" where no class fits */
  class: z.string(),
  /** a few words */
  title: z.string(),
  /** as in a diagnostic */
  file: z.string(),
  line: z.number().int().min(0),
  column: z.number().int().min(0),
  /** the line of the kernel, libbpf or the compiler that tells */
  telling: z.string(),
  explanation: z.string(),
  /** what usually helps */
  fix: z.string(),
  /** C that shows it; null where words do */
  snippet: z.string().nullable(),
  /** those concerned first */
  registers: z.array(registerKnown),
  /** the kernel's own advice (Linux 7.3 and later) */
  suggestion: z.string().nullable(),
});
export type Rejection = z.infer<typeof rejection>;

/** By number, as the call instruction carries it (enum bpf_func_id of include/uapi/linux/bpf.h). */
export const xdpHelpers = z.strictObject({
  allowed: z.array(u32).max(4096),
  /** of those allowed, the ones that want a GPL-compatible license */
  gplOnly: z.array(u32).max(4096),
  /** the kernel's highest */
  last: u32,
});
export type XdpHelpers = z.infer<typeof xdpHelpers>;

export const programVerdict = z.strictObject({
  name: symbol,
  section: z.string(),
  type: z.string(),
  accepted: z.boolean(),
  /** struct bpf_insn count after verification; of the object where it was rejected */
  instructions: u32,
  processed: u32,
  jitedBytes: u32,
  /** of the log's last lines, null where this kernel does not say: states made in all, and held at one time */
  states: u32.nullable(),
  peakStates: u32.nullable(),
  /** bytes, of the program and then of each of its functions */
  stackDepths: z.array(u32),
  verificationMicroseconds: u32.nullable(),
  error: z.string(),
  log: z.string(),
  /** null where accepted */
  rejection: rejection.nullable(),
});
export type ProgramVerdict = z.infer<typeof programVerdict>;

/** Told each second, from the first on, while the kernel's verifier is at one program. */
export const judging = z.strictObject({
  /** of the source or object that was asked about */
  path,
  program: symbol,
  seconds: u32,
});
export type Judging = z.infer<typeof judging>;

export const verifyParams = z.strictObject({
  input,
  pipeline: pipeline.optional(),
  /** characters of each program's log in the verdict; the whole one is `verify.log`'s */
  logLimit: z.number().int().min(1024).max(longestLog).optional(),
  /** sizes and globals, which the verifier takes into account; what becomes of running maps is not asked here */
  load: loadOptions.optional(),
});

export const verdict = z.strictObject({
  build,
  /** every program was accepted; false where the build failed or has no program */
  accepted: z.boolean(),
  programs: z.array(programVerdict),
  /** of the build and of the verifier */
  diagnostics: z.array(diagnostic),
  /** save to verdict, ms */
  milliseconds: z.number(),
});
export type Verdict = z.infer<typeof verdict>;
