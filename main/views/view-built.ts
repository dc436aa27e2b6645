/** What was built, as code whose lines know their places in C; nothing of it is attached. */
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import { assertNever, fail } from "../../protocol/failures.ts";
import type { builtCodeParams, Code } from "../../protocol/views.ts";
import { compileText } from "../build/build-input.ts";
import { shell } from "../commands/shell.ts";
import { objectPath } from "../commands/twins.ts";
import type { HelperPool } from "../helpers/helper-pool.ts";
import { readElf } from "../object/read-elf.ts";
import { readBytes, sourceText } from "../source/read-source.ts";
import { buildForView, notBuilt } from "./build-for-view.ts";
import { disassembleObject } from "./disassemble-object.ts";
import { readLlvm } from "./llvm/read-llvm.ts";
import { loadForView } from "./load-for-view.ts";

type Params = z.infer<typeof builtCodeParams>;

/**
 * @throws Failed `build-failed`, `unsupported` (LLVM IR of an object), `not-found` and `ambiguous` (the program),
 * `rejected`, `no-privilege`, `missing-tool`, and what buildInput throws
 */
export async function viewBuilt(helpers: HelperPool, params: Params, token?: CancellationToken): Promise<Code> {
  switch (params.kind) {
    case "llvm":
      return viewLlvm(helpers, params, token);
    case "assembly":
      return viewAssembly(helpers, params, token);
    case "xlated":
    case "jited":
      return loadForView(helpers, await buildForView(helpers, params.input, token), params, params.kind, token);
    default:
      return assertNever(params.kind);
  }
}

async function viewLlvm(helpers: HelperPool, { input, program }: Params, token?: CancellationToken): Promise<Code> {
  const { path } = input;
  const bytes = input.text === null ? await readBytes(path) : null;
  if (bytes !== null && bytes.subarray(0, 4).toString("latin1") === "\x7fELF") {
    return fail({
      kind: "unsupported",
      feature: "LLVM IR of an object",
      since: null,
      message: `show LLVM IR of ${path}: it is an object, which carries none: name its source, or look at its assembly`,
    });
  }
  const text = input.text ?? sourceText(path, bytes ?? Buffer.alloc(0));
  const compiled = await compileText(helpers.plain, path, text, "ir", token);
  if (compiled.output === null) return notBuilt(path, compiled.diagnostics);
  const { hidden, ...code } = readLlvm(Buffer.from(compiled.output, "base64").toString("utf8"), program);
  if (program !== null && code.functions.length === 0) return noSuchProgram(path, program);
  const left = [
    ...(hidden.metadata > 0 ? [`${hidden.metadata} lines of metadata`] : []),
    ...(hidden.debug > 0 ? [`${hidden.debug} of debug intrinsics`] : []),
    ...(hidden.attributes > 0 ? [`${hidden.attributes} of attributes`] : []),
  ];
  const places = code.lines.some(({ at }) => at.length > 0);
  return {
    ...{ kind: "llvm", ...code, program: null, machine: "LLVM" },
    commands: compiled.stages.map(({ argv }) => shell(argv)),
    notes: [
      ...compiled.notes,
      ...(left.length > 0 ? [`left out: ${left.join(", ")}; xdpw build --emit ir writes all of it`] : []),
      ...(places ? [] : ["no C lines are known: build it with -g"]),
    ],
  };
}

async function viewAssembly(helpers: HelperPool, params: Params, token?: CancellationToken): Promise<Code> {
  const { object, stages, notes } = await buildForView(helpers, params.input, token);
  const { program, input } = params;
  if (program !== null && !object.contents.functions.some(({ name }) => name === program)) {
    return noSuchProgram(input.path, program);
  }
  const read = readElf(object.bytes, `object ${object.name}`);
  if (!read.ok) return fail({ kind: "bad-object", reason: read.failure.kind, message: read.failure.message });
  const code = disassembleObject(object.contents, read.elf, program, input.path);
  const dump = ["llvm-objdump", "-d", "-r", "-S", "--no-show-raw-insn", objectPath(input.path, stages)];
  return {
    ...{ kind: "assembly", ...code, program: null },
    machine: object.contents.littleEndian ? "BPF" : "BPF, big-endian",
    commands: [...stages.map(({ argv }) => shell(argv)), shell(dump)],
    notes: [...notes, ...code.notes],
  };
}

function noSuchProgram(path: string, program: string): never {
  return fail({
    kind: "not-found",
    what: "function",
    name: program,
    message: `show ${program}: ${path} has no function of that name`,
  });
}
