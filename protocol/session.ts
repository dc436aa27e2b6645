/** Who we are, on what machine, and what the helpers are up to. */
import * as z from "zod";
import { toolchain } from "./build.ts";
import { u32 } from "./wire.ts";

export const helperState = z.strictObject({
  /** locked: not started yet; it is asked for at the first thing that needs it */
  state: z.enum(["locked", "starting", "ready", "gone"]),
  /** how it gets its privilege when it starts */
  way: z.enum(["already-root", "sudo", "desktop", "none"]),
  pid: u32.nullable(),
  capabilities: z.array(z.string()),
  libbpf: z.string().nullable(),
  /** gone: why, in a sentence */
  note: z.string(),
});
export type HelperState = z.infer<typeof helperState>;

/** The elevated helper's own description of itself. */
export const helperDescription = z.strictObject({
  pid: u32,
  uid: u32,
  capabilities: z.array(z.string()),
  libbpf: z.string(),
});
export type HelperDescription = z.infer<typeof helperDescription>;

export const session = z.strictObject({
  version: z.string(),
  kernel: z.string(),
  user: z.string(),
  home: z.string(),
  /** where new files go */
  workspace: z.string(),
  toolchain,
  helper: helperState,
  warnings: z.array(z.string()),
});
export type Session = z.infer<typeof session>;

/** The command-line twin of something done, to learn from, check and script. */
export const command = z.strictObject({
  /** ms since 1970 */
  at: z.number(),
  /** what was done, in a few words */
  what: z.string(),
  /** shell lines with the tools that everybody has: ip, bpftool, clang */
  lines: z.array(z.string()),
  /** the same with ./xdpw; null where it has no such command */
  xdpw: z.string().nullable(),
  ok: z.boolean(),
});
export type Command = z.infer<typeof command>;
