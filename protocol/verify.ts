/** object ─verify▶ verdict: what the kernel's verifier says of each program, in a load of its own. */
import { z } from "zod";
import { build } from "./build.ts";
import { diagnostic } from "./diagnostic.ts";
import { base64, symbol, u32 } from "./wire.ts";

/** Asked of the elevated helper: load this one program, keep the log, close everything again. */
export const judgeParams = z.strictObject({
  object: base64,
  name: z.string().max(255),
  program: symbol,
  /** set the type to XDP before loading, where the section name does not say it */
  asXdp: z.boolean(),
});
export const judgement = z.strictObject({
  accepted: z.boolean(),
  /** whole, never cut */
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

export const programVerdict = z.strictObject({
  name: symbol,
  section: z.string(),
  type: z.string(),
  accepted: z.boolean(),
  /** struct bpf_insn count after verification; of the object where it was rejected */
  instructions: u32,
  processed: u32,
  jitedBytes: u32,
  error: z.string(),
  log: z.string(),
});
export type ProgramVerdict = z.infer<typeof programVerdict>;

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
