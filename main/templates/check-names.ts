/** Names that somebody chose for a copy of a template, held against C and against the rest of the source. Pure. */
import type { Tokens } from "../legacy/tokenise.ts";

/** The kernel keeps this much of a map's name (BPF_OBJ_NAME_LEN with its NUL, include/uapi/linux/bpf.h). */
export const keptOfMapName = 15;
const longest = 63;

// C17 with what GNU C adds, and what C23 makes a keyword
const keywords = new Set(
  `auto break case char const continue default do double else enum extern float for goto if inline int long register
   restrict return short signed sizeof static struct switch typedef union unsigned void volatile while asm typeof bool
   true false nullptr constexpr thread_local static_assert alignas alignof typeof_unqual`.split(/\s+/),
);

/** What is wrong with a name, as what comes behind "NAME: "; null where nothing is. */
export function wrongName(name: string, taken: ReadonlySet<string>): string | null {
  if (name === "") return "give a name";
  if (!/^[A-Za-z_]\w*$/.test(name)) return "a C name has letters, digits and _, and no digit at its start";
  if (name.length > longest) return `it has ${name.length} characters, C compilers tell ${longest} apart`;
  if (keywords.has(name)) return "it is a word of the C language";
  if (/^(?:_[_A-Z]|bpf_|BPF_|XDP_)/.test(name)) return "names that begin so belong to the compiler and the BPF headers";
  if (name === "main" || name === "SEC") return "it means something else in C for BPF";
  if (taken.has(name)) return "the source has something of that name already";
  return null;
}

/** Every name that the source uses, but for these. */
export function takenNames({ code, macros }: Tokens, except: ReadonlySet<string>): ReadonlySet<string> {
  const bodies = macros.flatMap(({ name, body }) => [name, ...body.filter(isName).map(({ text }) => text)]);
  const all = [...bodies, ...code.filter(isName).map(({ text }) => text)];
  return new Set(all.filter((name) => !except.has(name)));
}

function isName({ kind }: { readonly kind: string }): boolean {
  return kind === "name";
}
