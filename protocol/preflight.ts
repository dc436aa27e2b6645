/** Before an attach: what stands in its way here, in plain words, with what would mend it. Expectations: the kernel decides. */
import * as z from "zod";
import { input } from "./build.ts";
import { confirmWithin } from "./guard.ts";
import { mode, place, wantedMode } from "./interfaces.ts";
import { symbol, u32 } from "./wire.ts";

/** What the workbench itself can run to mend a line; a closed list, done by netlink and ioctl in the elevated helper. */
export const fix = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("set-mtu"), place, mtu: u32 }),
  /** a feature by its name in `ethtool -k`: "rx-lro", "rx-gro", "rx-gro-hw" */
  z.strictObject({ do: z.literal("set-feature"), place, feature: z.string().max(64), on: z.boolean() }),
  z.strictObject({ do: z.literal("set-channels"), place, kind: z.enum(["rx", "tx", "combined"]), count: u32.min(1) }),
  z.strictObject({ do: z.literal("set-up"), place }),
]);
export type Fix = z.infer<typeof fix>;

export const preflightLine = z.strictObject({
  /** what it is about, stable; the window's key and the tests' */
  about: z.enum([
    "driver",
    "mode",
    "mtu",
    "lro",
    "gro-hw",
    "queues",
    "program-in-the-way",
    "link-in-the-way",
    "redirect-target",
    "checksum-offload",
    "kernel",
    "btf",
    "link-state",
    "own-network",
    "fragments",
    "device-program",
  ]),
  /** "stops": the kernel is expected to refuse. "costs": it will run, and something is lost or slow. "fine": looked at */
  weight: z.enum(["fine", "costs", "stops"]),
  /** one sentence */
  text: z.string(),
  /** where that is known from: the kernel's answer, the driver table, a measurement */
  evidence: z.string(),
  /** true for our own limits; false where the kernel itself said so */
  expectation: z.boolean(),
  /** what mends it: a command to copy, and, where the workbench can do it itself, `run` */
  fixes: z.array(z.strictObject({ command: z.string(), text: z.string(), run: fix.nullable() })),
});
export type PreflightLine = z.infer<typeof preflightLine>;

export const preflightParams = z.strictObject({
  /** null: before there is a program, what can be said of the interface alone */
  input: input.nullable(),
  program: symbol.nullable(),
  places: z.array(place).min(1).max(64),
  mode: wantedMode,
});

export const preflight = z.strictObject({
  places: z.array(
    z.strictObject({
      place,
      /** what "auto" comes to here, or what was asked for */
      mode,
      /** why, in a sentence */
      modeWhy: z.string(),
      lines: z.array(preflightLine),
      /** losing this interface would cut the user off: what it carries, in words ("the default route", "your SSH connection from …") */
      carries: z.array(z.string()),
      /** proposed deadline; null where none is needed (the lab, an interface that carries nothing) */
      confirmWithin: confirmWithin.nullable(),
    }),
  ),
});
export type Preflight = z.infer<typeof preflight>;
