/**
 * Which compiler flags of a workspace a build takes. An allow-list of shapes: a flag that could run another program,
 * load code into the compiler or write a file of its own is not on it, whatever clang's version calls it. Main asks to
 * name the refused one to the user; the helper asks again, because it is the one that runs clang.
 */

export interface TakenFlag {
  /** one word, or the flag and its value */
  readonly words: readonly string[];
  /** the folder or file that it names, as it was given; null where it names none */
  readonly path: { readonly kind: "folder" | "file"; readonly name: string } | null;
  /** the pipeline says this itself: -c, -S, -emit-llvm, -target bpf, -x c */
  readonly frame: boolean;
}

export type CheckedFlags =
  | { readonly ok: true; readonly flags: readonly TakenFlag[] }
  | { readonly ok: false; readonly flag: string; readonly why: string };

/** Flags that say only what is warned of, such as -Wno-error: they are added to the defaults, and replace none. */
export function saysOnlyWarnings(words: readonly string[]): boolean {
  return words.length > 0 && words.every((word) => /^-[Ww]/.test(word));
}

export const maximumFlags = 2000;
export const maximumFlagLength = 4096;

const foldersOrFiles: readonly (readonly [flag: string, kind: "folder" | "file"])[] = [
  ["-isystem", "folder"],
  ["-iquote", "folder"],
  ["-idirafter", "folder"],
  ["-isysroot", "folder"],
  ["--sysroot", "folder"],
  ["-include", "file"],
  ["-imacros", "file"],
];

/** -f and -fno-, with nothing behind it */
const switches = new Set(
  (
    "asm blocks builtin common cf-protection data-sections function-sections delete-null-pointer-checks " +
    "dollars-in-identifiers exceptions asynchronous-unwind-tables unwind-tables fast-math finite-math-only freestanding " +
    "hosted gnu-keywords gnu89-inline inline inline-functions integrated-as jump-tables lax-vector-conversions " +
    "math-errno merge-all-constants merge-constants ms-extensions omit-frame-pointer optimize-sibling-calls pic PIC pie " +
    "PIE plt rounding-math short-enums short-wchar signed-bitfields signed-char unsigned-char unsigned-bitfields " +
    "slp-vectorize vectorize stack-protector stack-protector-all stack-protector-strong stack-clash-protection " +
    "standalone-debug limit-debug-info debug-types-section strict-aliasing strict-enums strict-overflow " +
    "strict-return threadsafe-statics trapv tree-vectorize unroll-loops verbose-asm wrapv wrapv-pointer " +
    "zero-initialized-in-bss color-diagnostics diagnostics-color caret-diagnostics show-column show-source-location " +
    "diagnostics-show-option diagnostics-fixit-info diagnostics-absolute-paths semantic-interposition ident " +
    "convergent-functions char8_t addrsig spell-checking elide-type conserve-stack keep-inline-functions"
  ).split(" "),
);
/** -fNAME=VALUE; prefix maps and limits */
const settings =
  /^-f(?:builtin|visibility|macro-prefix-map|file-prefix-map|debug-prefix-map|debug-compilation-dir|bracket-depth|error-limit|message-length|trivial-auto-var-init|strict-flex-arrays|cf-protection|input-charset|ffp-contract|fp-contract|fp-model|pack-struct|max-type-align|align-functions|inline-limit|gnuc-version|stack-protector|patchable-function-entry|diagnostics-color|color-diagnostics|macro-backtrace-limit)=[^\n]*$/;
const shapes: readonly RegExp[] = [
  /^-D./,
  /^-U./,
  /^-O(?:[0-3sgz]|fast)?$/,
  /^-W(?:no-)?[A-Za-z0-9][\w+=-]*$/,
  /^-[wW]$/,
  /^-pedantic(?:-errors)?$/,
  /^-ansi$/,
  /^-std=[\w:+]+$/,
  /^--std=[\w:+]+$/,
  /^-g[0-3]?$/,
  /^-g(?:gdb[0-3]?|dwarf(?:-[2-5])?|dwarf(?:32|64)|line-tables-only|line-directives-only|(?:no-)?column-info|(?:no-)?inline-line-tables|(?:no-)?strict-dwarf|(?:no-)?record-gcc-switches|(?:no-)?pubnames|btf)$/,
  /^-nostd(?:inc|libinc)$/,
  /^-nobuiltininc$/,
  /^-undef$/,
  /^-pipe$/,
  /^-pthread$/,
  /^-Qunused-arguments$/,
  // not -m at large: -module-dependency-dir and -mllvm begin like it
  /^-m(?:no-)?(?:alu32|little-endian|red-zone|soft-float)$/,
  /^-m(?:cpu|tune|cmodel)=[\w.-]+$/,
  settings,
];

const frames = [/^-c$/, /^-S$/, /^-emit-llvm$/, /^-xc$/, /^--target=bpf(?:el)?(?:-[\w-]+)?$/];

/** Why the well-known ones are refused; the rest is refused for not being known. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/^@/, "it reads further flags from a file"],
  [/^(?:-fplugin|-fpass-plugin|-plugin|-load)/, "it loads code into the compiler"],
  [/^-X/, "it passes words on to where nothing checks them; only -Xclang -target-feature is taken"],
  [/^-(?:cc1|ccc)/, "it takes the compiler out of its driver"],
  [/^-W[pal],/, "it passes words on to where nothing checks them"],
  [/^(?:-o|--output)/, "it writes a file: where the object goes is not the flags' to say"],
  [/^-M/, "it writes a dependency file"],
  [/^-?-save-temps|^-fsave-|^-foptimization-record|^-ftime-trace|^-fstack-usage|^-gsplit-dwarf/, "it writes files"],
  [/^-f(?:crash-diagnostics|proc-stat-report|dump|dependency|index)|^-(?:index|dump|dependency)/, "it writes files"],
  [
    /^-f(?:no-)?(?:implicit-|prebuilt-)?modul|^-g?modules|^-fbuild-session/,
    "modules are written to a cache of their own",
  ],
  [/^-include-pch/, "precompiled headers are made and kept by the workbench alone"],
  [/^-B|^--prefix/, "it says where to look for programs to run"],
  [
    /^(?:-specs|--specs|--config|-wrapper|-fuse-ld|-fno-integrated|-f?ld-path|--ld-path|--gcc-toolchain|--gcc-install)/,
    "it can run another program",
  ],
  [/^-mllvm/, "it reaches into the code generator, where flags can load code and write files"],
  [/^(?:-target|--target|-march|-arch)/, "it builds for another machine than BPF"],
  [/^-(?:v|E|P|H|###|fsyntax-only|-analyze|-version|-help)/, "it makes clang do something else than build"],
  [/^-f?profile|^-fcoverage|^--coverage|^-fcs-profile/, "it writes profiles"],
  [/^-flto|^-fembed|^-fthin/, "it makes another kind of file than an object"],
  [/^-(?:l|L|Wl|shared|static|r$|z$|T)/, "nothing is linked here"],
  [/^[^-]/, "it names another input: the source is the only one"],
  [/^-{1,2}$/, "it names another input: the source is the only one"],
];

/** Total: any words in, the flags they make or the first that is refused. */
export function checkFlags(words: readonly string[]): CheckedFlags {
  if (words.length > maximumFlags) {
    return { ok: false, flag: words[maximumFlags] ?? "", why: `more than ${maximumFlags} flags are not taken` };
  }
  const flags: TakenFlag[] = [];
  for (let index = 0; index < words.length; ) {
    const word = words[index] ?? "";
    const next = words[index + 1];
    const taken = takeFlag(word, next, words.slice(index + 2, index + 4));
    if (typeof taken === "string") return { ok: false, flag: shown(word), why: taken };
    flags.push(taken);
    index += taken.words.length;
  }
  return { ok: true, flags };
}

function takeFlag(word: string, next: string | undefined, after: readonly string[]): TakenFlag | string {
  for (const part of [word, next ?? ""]) {
    if (part.length > maximumFlagLength) return `it is longer than ${maximumFlagLength} characters`;
  }
  if (hasControl(word)) return "it has control characters";
  const one = (path: TakenFlag["path"] = null, frame = false): TakenFlag => ({ words: [word], path, frame });
  const two = (path: TakenFlag["path"] = null, frame = false): TakenFlag | string => {
    if (next === undefined) return "its value is missing";
    // the driver expands such a word wherever it stands
    if (next.startsWith("@")) return "its value reads further flags from a file";
    return hasControl(next) ? "its value has control characters" : { words: [word, next], path, frame };
  };

  if (word === "-I") return two({ kind: "folder", name: next ?? "" });
  if (word.startsWith("-I")) return one({ kind: "folder", name: word.slice(2) });
  if (word === "-D" || word === "-U") return two();
  if (word === "-x") return next === "c" ? two(null, true) : "only C is built";
  if (word === "-target" && /^bpf(?:el)?(?:-[\w-]+)?$/.test(next ?? "")) return two(null, true);
  if (word === "-Xclang" && next === "-target-feature" && after[0] === "-Xclang" && /^[+-][\w-]+$/.test(after[1] ?? ""))
    return { words: [word, next, ...after], path: null, frame: false };
  for (const [flag, kind] of foldersOrFiles) {
    if (word === flag) return two({ kind, name: next ?? "" });
    if (flag.startsWith("--") && word.startsWith(`${flag}=`)) return one({ kind, name: word.slice(flag.length + 1) });
    // -isystem/usr/include; what begins like a flag but is none, such as -include-pch, is another flag
    if (word.startsWith(`${flag}/`)) return one({ kind, name: word.slice(flag.length) });
  }
  if (frames.some((shape) => shape.test(word))) return one(null, true);
  if (shapes.some((shape) => shape.test(word))) return one();
  const name = /^-f(?:no-)?([\w-]+)$/.exec(word)?.[1];
  if (name !== undefined && switches.has(name) && word !== "-fno-integrated-as") return one();
  return reasons.find(([shape]) => shape.test(word))?.[1] ?? "it is not among the flags that a build here takes";
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 32 || code === 127) return true;
  }
  return false;
}

function shown(word: string): string {
  let text = "";
  for (const character of word.slice(0, 200)) text += hasControl(character) ? "?" : character;
  return text;
}
