/** What was typed, held against the schema of the wire: the same rule for every door. */
import { resolve } from "node:path";
import type * as z from "zod";
import type { Input } from "../../protocol/build.ts";
import { fail } from "../../protocol/failures.ts";
import { path as pathSchema } from "../../protocol/wire.ts";

/** @throws Failed `usage` that names the word and what would fit */
export function checked<S extends z.ZodType>(schema: S, value: unknown, word: string, expected: string): z.infer<S> {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  return fail({ kind: "usage", message: `${word} ${String(value)}: give ${expected}` });
}

/** A whole number within bounds; a typed "1e3" or "0x10" is no count. @throws Failed `usage` */
export function checkedNumber(text: string, least: number, greatest: number, word: string): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= greatest) return number;
  return fail({ kind: "usage", message: `${word} ${text}: give a whole number from ${least} to ${greatest}` });
}

export function absolutePath(word: string, cwd: string): string {
  return checked(pathSchema, resolve(cwd, word), "path", "one without NUL of at most 4096 characters");
}

export function inputAt(word: string, cwd: string): Input {
  return { path: absolutePath(word, cwd), text: null };
}
