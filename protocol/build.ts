/** source ─build▶ object */
import * as z from "zod";
import { checkFlags, maximumFlagLength, maximumFlags } from "./build-flags.ts";
import { diagnostic } from "./diagnostic.ts";
import { base64, path, sourceText, symbol, u32 } from "./wire.ts";

export const emit = z.enum(["obj", "ir", "asm"]);
export type Emit = z.infer<typeof emit>;

/**
 * "two-stage": clang to LLVM IR, llc to BPF, as the tutorial does it. "one-step": clang alone to the object, for a
 * verdict while somebody types; IR and assembly are always made in two stages.
 */
export const pipeline = z.enum(["two-stage", "one-step"]);
export type Pipeline = z.infer<typeof pipeline>;

/** Words of the workspace's compile_flags.txt or compile_commands.json, each path in them absolute. */
export const buildFlags = z
  .array(z.string().max(maximumFlagLength))
  .max(maximumFlags)
  .refine((words) => checkFlags(words).ok, { error: "flags that a build does not take" });

/** One process of the pipeline, as it was run. */
export const stage = z.strictObject({
  name: z.enum(["clang", "llc"]),
  /** without the sandbox around it: what a user would type */
  argv: z.array(z.string()),
  milliseconds: z.number(),
  /** null where a signal ended it */
  exit: z.number().int().nullable(),
});
export type Stage = z.infer<typeof stage>;

/** What the plain helper answers: bytes and findings, nothing decoded yet. */
export const compileParams = z.strictObject({
  /** where the text belongs: includes resolve from its folder, findings name it */
  path,
  text: sourceText,
  emit,
  /** "two-stage" where it is left out */
  pipeline: pipeline.optional(),
  /** in place of the defaults; null or left out where the workspace has none of its own */
  flags: buildFlags.nullable().optional(),
});
export type CompileParams = z.infer<typeof compileParams>;
export const compiled = z.strictObject({
  /** object, IR or assembly bytes; null where a stage failed */
  output: base64.nullable(),
  stages: z.array(stage),
  diagnostics: z.array(diagnostic),
  /** how clang was confined */
  sandbox: z.enum(["user", "bwrap", "none"]),
});
export type Compiled = z.infer<typeof compiled>;

export const toolchain = z.strictObject({
  /** version line of each, null where it is missing */
  clang: z.string().nullable(),
  llc: z.string().nullable(),
  sandbox: z.enum(["user", "bwrap", "none"]),
});
export type Toolchain = z.infer<typeof toolchain>;

export const objectProgram = z.strictObject({
  name: symbol,
  section: z.string(),
  /** bpf_prog_type in libbpf's words: "xdp", "kprobe", …; "unspec" where nothing is known */
  type: z.string(),
  instructions: u32,
});
export type ObjectProgram = z.infer<typeof objectProgram>;

export const objectMap = z.strictObject({
  name: symbol,
  type: z.string(),
  keySize: u32,
  valueSize: u32,
  maxEntries: u32,
});
export type ObjectMap = z.infer<typeof objectMap>;

/** What the renderer is told of a build; the object's bytes stay in main. */
export const build = z.strictObject({
  ok: z.boolean(),
  path,
  /** SHA-256 of the object in hex; null where there is none */
  object: z.string().nullable(),
  stages: z.array(stage),
  diagnostics: z.array(diagnostic),
  /** things done for the user that they should know, such as a program type set */
  notes: z.array(z.string()),
  programs: z.array(objectProgram),
  maps: z.array(objectMap),
  milliseconds: z.number(),
});
export type Build = z.infer<typeof build>;

/** A source file with the text to build (what the editor shows), or an object on disk. */
export const input = z.strictObject({ path, text: sourceText.nullable() });
export type Input = z.infer<typeof input>;
