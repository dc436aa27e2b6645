/**
 * compile_commands.json (https://clang.llvm.org/docs/JSONCompilationDatabase.html): the flags of the entry that is for
 * a source, or else of the one most like it, as clangd does. Pure and total.
 */
import { dirname, resolve } from "node:path";
import * as z from "zod";
import { splitCommand } from "./split-command.ts";

const entry = z.object({
  directory: z.string(),
  file: z.string(),
  command: z.string().optional(),
  arguments: z.array(z.string()).optional(),
});
const database = z.array(entry);
type Entry = z.infer<typeof entry>;

export interface GivenFlags {
  /** as they stand there, without the compiler, its output and its input */
  readonly words: readonly string[];
  /** where relative paths in them begin */
  readonly folder: string;
  /** where the command would write, absolute; null where it does not say */
  readonly output: string | null;
}

export type ReadCommands =
  | { readonly ok: true /** null where there is no entry for C */; readonly given: GivenFlags | null }
  | { readonly ok: false; readonly why: string };

export function readCompileCommands(text: string, folder: string, source: string): ReadCommands {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, why: `it is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const checked = database.safeParse(value);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return { ok: false, why: `entry ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not of its form"}` };
  }
  const chosen = choose(checked.data, folder, source);
  if (chosen === null) return { ok: true, given: null };
  const base = resolve(folder, chosen.directory);
  return { ok: true, given: withoutFrame(chosen.arguments ?? splitCommand(chosen.command ?? ""), base, chosen.file) };
}

function choose(entries: readonly Entry[], folder: string, source: string): Entry | null {
  const placed = entries
    .map((one) => ({ one, path: resolve(folder, one.directory, one.file) }))
    .filter(({ path }) => /\.c$/i.test(path));
  const found =
    placed.find(({ path }) => path === source) ??
    placed.find(({ path }) => dirname(path) === dirname(source)) ??
    placed[0];
  return found?.one ?? null;
}

/** The compiler, -c, -o and the source are what makes it a command; the pipeline has its own. */
function withoutFrame(words: readonly string[], folder: string, file: string): GivenFlags {
  const kept: string[] = [];
  let output: string | null = null;
  const input = resolve(folder, file);
  for (let index = 1; index < words.length; index++) {
    const word = words[index] ?? "";
    const next = words[index + 1];
    if (word === "-o" && next !== undefined) {
      output = resolve(folder, next);
      index += 1;
    } else if (
      word === "--" ||
      (!word.startsWith("-") && resolve(folder, word) === input && !takesValue(kept.at(-1)))
    ) {
      continue;
    } else {
      kept.push(word);
    }
  }
  return { words: kept, folder, output };
}

/** -include x.c is no input, even where x.c is the source. */
function takesValue(word: string | undefined): boolean {
  return word !== undefined && ["-include", "-imacros", "-D", "-U", "-I", "-isystem", "-iquote"].includes(word);
}
