/** What was built, or what the kernel made of it: text whose lines know their places in C. */
import * as z from "zod";
import { input } from "./build.ts";
import { loadOptions } from "./reload.ts";
import { base64, id, path, symbol, u32, u64 } from "./wire.ts";

/**
 * "llvm": LLVM IR as clang hands it to llc. "assembly": the object's BPF instructions, before relocation. "xlated": the
 * instructions as the verifier rewrote them. "jited": machine code of the host, as the JIT made it.
 */
export const codeKind = z.enum(["llvm", "assembly", "xlated", "jited"]);
export type CodeKind = z.infer<typeof codeKind>;

export const codePlace = z.strictObject({
  /** index into `files` */
  file: u32,
  /** counted from 1 */
  line: z.number().int().min(1),
  /** counted from 1; 0 where it is not known */
  column: u32,
});
export type CodePlace = z.infer<typeof codePlace>;

export const codeLine = z.strictObject({
  text: z.string(),
  /** "heading": a section, function or label begins here; "code": one instruction; "other": declarations, metadata, comments */
  kind: z.enum(["heading", "code", "other"]),
  /** where it comes from, innermost first; then where that was inlined. Empty where no line record covers it */
  at: z.array(codePlace),
});
export type CodeLine = z.infer<typeof codeLine>;

export const code = z.strictObject({
  kind: codeKind,
  /** absolute where that can be told */
  files: z.array(z.string()),
  lines: z.array(codeLine),
  /** `line` counts `lines` from 0 */
  functions: z.array(z.strictObject({ name: z.string(), line: u32 })),
  /** the loaded program that it is of; null for what was only built, or loaded for a look and closed again */
  program: z.strictObject({ id, name: z.string(), tag: z.string() }).nullable(),
  /** as "x86-64" for machine code, "BPF" or "LLVM" */
  machine: z.string(),
  /** command lines that show the same outside of the workbench, to copy */
  commands: z.array(z.string()),
  /** such as why no places are known */
  notes: z.array(z.string()),
});
export type Code = z.infer<typeof code>;

/** "xlated" and "jited" load the program for a look, attach nothing and close it again: they need the elevated helper. */
export const builtCodeParams = z.strictObject({
  input,
  kind: codeKind,
  /** null: all programs of an object or of LLVM IR; the only XDP program for "xlated" and "jited" */
  program: symbol.nullable(),
  /** for "xlated" and "jited": sizes and globals in place of the object's, which decide what the verifier leaves in */
  load: loadOptions.optional(),
});
export const loadedCodeParams = z.strictObject({ id, kind: z.enum(["xlated", "jited"]) });

/** What an object holds, as a tree: four branches. */
export const objectTree = z.strictObject({
  path,
  /** as "ELF 64-bit little-endian, BPF" */
  format: z.string(),
  bytes: u32,
  license: z.string(),
  sections: z.array(z.strictObject({ index: u32, name: z.string(), type: z.string(), flags: z.string(), bytes: u32 })),
  programs: z.array(
    z.strictObject({
      name: symbol,
      section: z.string(),
      type: z.string(),
      instructions: u32,
      /** of its first line record */
      at: z.strictObject({ file: z.string(), line: u32 }).nullable(),
      /** functions of its own that it calls (BPF to BPF), by name */
      calls: z.array(z.string()),
      maps: z.array(z.string()),
    }),
  ),
  maps: z.array(
    z.strictObject({
      name: symbol,
      type: z.string(),
      /** as C declares it; "4 bytes" without BTF */
      key: z.string(),
      value: z.string(),
      keySize: u32,
      valueSize: u32,
      maxEntries: u32,
      /** names of the flags, as "BPF_F_NO_PREALLOC" */
      flags: z.array(z.string()),
      pinned: z.boolean(),
      at: z.strictObject({ file: z.string(), line: u32 }).nullable(),
    }),
  ),
  /** variables of .rodata, .data and .bss */
  globals: z.array(
    z.strictObject({ section: z.string(), name: symbol, type: z.string(), bytes: u32, value: z.string() }),
  ),
  types: z.array(
    z.strictObject({
      id: u32,
      /** as "struct", "typedef", "func_proto" */
      kind: z.string(),
      /** empty where it has none */
      name: z.string(),
      bytes: u32.nullable(),
      /** as C */
      declaration: z.string(),
      /** of a struct, union, enum or datasec, a line each, with offsets in bytes */
      members: z.array(z.string()),
    }),
  ),
  notes: z.array(z.string()),
});
export type ObjectTree = z.infer<typeof objectTree>;

// --- what main asks of the helpers: raw bytes

/** struct bpf_prog_info's arrays, as BPF_OBJ_GET_INFO_BY_FD fills them (include/uapi/linux/bpf.h). */
export const programDump = z.strictObject({
  id,
  name: z.string(),
  tag: z.string(),
  /** struct bpf_insn, 8 bytes each */
  xlated: base64,
  /** machine code of the program and its functions, one after the other; empty where nothing was jited or root may not see it */
  jited: base64,
  /** bytes of machine code, also where it is hidden; 0: the kernel interprets the program */
  jitedBytes: u32,
  /** address of each function's first byte, 0 where kptr_restrict hides them, and its length in bytes */
  jitedFunctions: z.array(z.strictObject({ address: u64, bytes: u32 })),
  /** struct bpf_line_info: insn_off, file_name_off, line_off, line_col as u32 each */
  lines: z.array(z.tuple([u32, u32, u32, u32])),
  /** one address a line record: where its machine code begins */
  jitedLines: z.array(u64),
  /** struct bpf_func_info: insn_off, type_id */
  functions: z.array(z.tuple([u32, u32])),
  maps: z.array(z.strictObject({ id, name: z.string() })),
  /** address of the kernel's __bpf_call_base, from which helper calls count; null where /proc/kallsyms hides it */
  callBase: u64.nullable(),
  /** kernel functions that the code calls or may jump to, by address */
  symbols: z.array(z.strictObject({ address: u64, name: z.string() })),
  /** raw .BTF of the program; null where it was loaded without */
  btf: base64.nullable(),
  /** as process.arch names it */
  machine: z.string(),
});
export type ProgramDump = z.infer<typeof programDump>;

export const disassembleParams = z.strictObject({
  /** machine code */
  bytes: base64,
  /** of the first byte: targets of jumps and calls are given by address */
  address: u64,
  /** as process.arch names it */
  machine: z.string().max(20),
});
export const disassembled = z.strictObject({
  /** one after the other, from the first byte to the last; what is no instruction is ".byte 0x…" */
  instructions: z.array(z.strictObject({ offset: u32, bytes: u32, text: z.string() })),
});
