/** Words of a flags file as a build takes them: refused by name or checked, their paths absolute. Pure. */
import { dirname, isAbsolute, resolve } from "node:path";
import { checkFlags } from "../../protocol/build-flags.ts";
import type { GivenFlags } from "./read-compile-commands.ts";

export type ResolvedFlags =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly flag: string; readonly why: string };

/** @param file the flags file: what a command writes has to lie below its folder */
export function resolveFlags({ words, folder, output }: GivenFlags, file: string): ResolvedFlags {
  if (output !== null && !`${output}/`.startsWith(`${dirname(file)}/`)) {
    return { ok: false, flag: `-o ${output}`, why: "it writes outside the build folder" };
  }
  const checked = checkFlags(words);
  if (!checked.ok) return checked;
  return {
    ok: true,
    words: checked.flags
      .filter(({ frame }) => !frame)
      .flatMap((flag) => {
        if (flag.path === null || isAbsolute(flag.path.name)) return flag.words;
        const path = resolve(folder, flag.path.name);
        const [first = "", second] = flag.words;
        return second === undefined ? [first.slice(0, first.length - flag.path.name.length) + path] : [first, path];
      }),
  };
}

/** compile_flags.txt: an argument a line, as clangd reads it (clang's FixedCompilationDatabase). */
export function readCompileFlags(text: string, folder: string): GivenFlags {
  const words = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return { words, folder, output: null };
}
