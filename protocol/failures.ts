/** Every failure that a caller is expected to handle: a closed union, told apart by `kind`. The rest is a bug and throws. */
import * as z from "zod";
import { diagnostic } from "./diagnostic.ts";
import { place } from "./interfaces.ts";
import { id, netns, u32, u64 } from "./wire.ts";

const base = { message: z.string() };

export const failure = z.discriminatedUnion("kind", [
  /** the kernel said no: its own words beside ours */
  z.strictObject({
    kind: z.literal("kernel"),
    ...base,
    operation: z.string(),
    errno: z.number().int(),
    code: z.string(),
    /** the kernel's own words, verbatim; null where it had none */
    extack: z.string().nullable(),
    /** ours: what that means for this driver and mode; left out where the kernel's words are all that is known */
    means: z.string().optional(),
    /** what to do about it */
    next: z.string().optional(),
    /** the attach that was refused, where it was one */
    refused: z
      .strictObject({
        place,
        mode: z.enum(["native", "skb", "hw"]),
        /** what ran there in another mode was put back: how long nothing ran, ns */
        gapNanoseconds: u64.optional(),
      })
      .optional(),
  }),
  z.strictObject({ kind: z.literal("not-found"), ...base, what: z.string(), name: z.string() }),
  /** a name that fits several things */
  z.strictObject({ kind: z.literal("ambiguous"), ...base, name: z.string(), ids: z.array(u32) }),
  /** a program or file that the machine lacks, and the package that has it */
  z.strictObject({ kind: z.literal("missing-tool"), ...base, tool: z.string(), package: z.string() }),
  /** needs root or a capability, and the user or the machine said no */
  z.strictObject({ kind: z.literal("no-privilege"), ...base, need: z.string() }),
  /** something not ours is attached: replaced only when the user says so */
  z.strictObject({
    kind: z.literal("foreign-program"),
    ...base,
    netns,
    ifindex: id,
    mode: z.enum(["native", "skb", "hw"]),
    program: id,
    name: z.string(),
  }),
  z.strictObject({ kind: z.literal("build-failed"), ...base, diagnostics: z.array(diagnostic) }),
  z.strictObject({ kind: z.literal("rejected"), ...base, diagnostics: z.array(diagnostic), log: z.string() }),
  z.strictObject({ kind: z.literal("bad-value"), ...base, field: z.string() }),
  z.strictObject({ kind: z.literal("bad-object"), ...base, reason: z.string() }),
  z.strictObject({ kind: z.literal("name-taken"), ...base, name: z.string() }),
  z.strictObject({ kind: z.literal("unsupported"), ...base, feature: z.string(), since: z.string().nullable() }),
  z.strictObject({ kind: z.literal("file"), ...base, path: z.string(), code: z.string() }),
  /** somebody else wrote the file since it was read */
  z.strictObject({ kind: z.literal("changed-on-disk"), ...base, path: z.string() }),
  z.strictObject({ kind: z.literal("too-large"), ...base, limit: z.number() }),
  z.strictObject({ kind: z.literal("port-taken"), ...base, port: u32 }),
  /** the other process ended; the request may or may not have happened */
  z.strictObject({ kind: z.literal("helper-gone"), ...base }),
  z.strictObject({ kind: z.literal("cancelled"), ...base }),
  /** refused by schema before any handler saw it */
  z.strictObject({ kind: z.literal("invalid-message"), ...base }),
  z.strictObject({ kind: z.literal("usage"), ...base }),
]);

export type Failure = z.infer<typeof failure>;
export type FailureKind = Failure["kind"];

/** How a {@link Failure} travels up a call stack and over a pipe. */
export class Failed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.name = "Failed";
    this.failure = failure;
  }
}

export function fail(failure: Failure): never {
  throw new Failed(failure);
}

export function assertNever(value: never): never {
  throw new Error(`not one of the closed union: ${JSON.stringify(value)}`);
}
