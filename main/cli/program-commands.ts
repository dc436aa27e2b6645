/** The commands that work on a source or an object, and attach nothing. */
import type { ArgumentSpec, CommandSpec } from "./command.ts";
import { netns } from "./flags.ts";
import { settingFlags } from "./load-flags.ts";

export const input: ArgumentSpec = { name: "FILE", what: "a C source, or an ELF object that was built before" };

export const programCommands: readonly CommandSpec[] = [
  {
    words: ["new"],
    summary: "start a program of your own from a template",
    arguments: [
      { name: "TEMPLATE", what: "which lesson, such as ipv4-router" },
      { name: "FOLDER", what: "where the copy goes: a folder to be made" },
    ],
    flags: {
      name: {
        value: "WHAT=NAME",
        what: "what the program's function (program=…) or a map is to be called; may be given again",
        list: true,
      },
    },
    examples: [
      "xdpw new ipv4-router edge",
      "xdpw new packet-counters mine --name program=xdp_mine --name counters=seen",
    ],
    load: async () => (await import("./new.ts")).runNew,
  },
  {
    words: ["build"],
    summary: "compile a C source to a BPF object",
    arguments: [{ name: "FILE", what: "the C source" }],
    flags: {
      output: {
        value: "OBJ",
        short: "o",
        what: "where to write it (default: the source's name in this folder; - for standard output)",
      },
      emit: {
        value: "KIND",
        what: "obj: a BPF object (default), ir: LLVM IR, asm: BPF assembly",
        choices: ["obj", "ir", "asm"],
      },
    },
    examples: ["xdpw build filter.bpf.c", "xdpw build filter.bpf.c --emit asm -o -"],
    load: async () => (await import("./build.ts")).runBuild,
  },
  {
    words: ["verify"],
    summary: "ask the kernel's verifier about each program, and attach nothing",
    arguments: [input],
    flags: settingFlags,
    examples: [
      "xdpw verify filter.bpf.c",
      "xdpw verify filter.bpf.o --json",
      "xdpw verify filter.bpf.c --set limit=100",
    ],
    load: async () => (await import("./verify.ts")).runVerify,
  },
  {
    words: ["show"],
    summary: "show what was built, and what the kernel makes of it, beside the C lines",
    arguments: [
      { name: "KIND", what: "llvm, assembly, xlated, jited, or object: sections, programs, maps, globals and types" },
      { ...input, optional: true },
    ],
    flags: {
      prog: { value: "NAME", what: "only this program, and the functions that it calls" },
      id: { value: "N", what: "the loaded program with this id, in place of a file: xlated or jited" },
      ...settingFlags,
    },
    examples: [
      "xdpw show assembly filter.bpf.c",
      "xdpw show jited filter.bpf.c --prog xdp_filter",
      "xdpw show xlated --id 42",
      "xdpw show object filter.bpf.o --json",
    ],
    load: async () => (await import("./show.ts")).runShow,
  },
  {
    words: ["convert"],
    summary: "turn struct bpf_map_def definitions into BTF-defined maps",
    arguments: [{ name: "FILE", what: "the C source or header" }],
    flags: { write: { value: null, what: "change the file; without it a diff is printed" } },
    examples: ["xdpw convert old_kern.c", "xdpw convert old_kern.c --write"],
    load: async () => (await import("./convert.ts")).runConvert,
  },
  {
    words: ["test"],
    summary: "run the packets of packets.json through a program, and attach nothing",
    arguments: [{ name: "PATH", what: "a folder, a packets.json, or a source or object with one beside it" }],
    flags: {
      netns: { ...netns, what: "where interfaces and routes are looked up (default: this network namespace)" },
    },
    examples: ["xdpw test bpf-templates/ipv4-blocklist", "xdpw test filter.bpf.c --json"],
    load: async () => (await import("./test.ts")).runTest,
  },
];
