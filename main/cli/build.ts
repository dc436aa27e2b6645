/** xdpw build: source ─build▶ object, and the object, IR or assembly on disk. */
import { rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { type Build, type Emit, emit as emitSchema, type Stage } from "../../protocol/build.ts";
import { fail } from "../../protocol/failures.ts";
import { buildInput, compileText } from "../build/build-input.ts";
import { shell } from "../commands/shell.ts";
import { fileFailure } from "../source/file-failure.ts";
import { readSource } from "../source/read-source.ts";
import { absolutePath } from "./checked.ts";
import { type Answer, type CommandContext, flagText, neededArgument } from "./command.ts";
import { diagnosticLines, shortPath } from "./diagnostic-lines.ts";

const suffixes: Readonly<Record<Emit, string>> = { obj: ".o", ir: ".ll", asm: ".s" };

export async function runBuild(context: CommandContext): Promise<Answer> {
  const { typed, cwd, note, paint } = context;
  const path = absolutePath(neededArgument(typed, 0), cwd);
  const emit = emitSchema.parse(flagText(typed, "emit") ?? "obj");
  const wanted = flagText(typed, "output");
  if (wanted === "-" && typed.flags["json"] === true) {
    return fail({ kind: "usage", message: "build: -o - and --json both want standard output: name a file" });
  }
  const output = wanted === "-" ? null : absolutePath(wanted ?? basename(path, extname(path)) + suffixes[emit], cwd);
  if (output === path) return fail({ kind: "usage", message: `build: ${path} would be overwritten: name another -o` });

  const built = await produce(context, path, emit);
  const commands = shownCommands(built.stages, path, cwd, output);
  for (const command of commands) note(command);
  for (const remark of built.notes) note(`note: ${remark}`);
  const { bytes } = built;
  if (bytes === null) {
    return fail({
      kind: "build-failed",
      diagnostics: [...built.diagnostics],
      message: `build ${shortPath(path, cwd)}: it does not compile`,
    });
  }
  if (output !== null) await writeWhole(output, bytes);
  const findings = diagnosticLines(built.diagnostics, cwd, paint).map((line) => `${line}\n`);
  const said = `${paint.green("built")} ${shortPath(output ?? "", cwd)}, ${bytes.length} bytes${contents(built)}\n`;
  return {
    ok: true,
    text: output === null ? bytes : [...findings, said].join(""),
    json: {
      value: {
        file: path,
        emit,
        output,
        bytes: bytes.length,
        commands,
        diagnostics: built.diagnostics,
        notes: built.notes,
        programs: built.programs,
        maps: built.maps.map(({ name, type, keySize, valueSize, maxEntries }) => ({
          name,
          type,
          key_size: keySize,
          value_size: valueSize,
          max_entries: maxEntries,
        })),
        milliseconds: Math.round(built.milliseconds),
      },
    },
  };
}

type Built = Pick<Build, "stages" | "diagnostics" | "notes" | "programs" | "maps" | "milliseconds"> & {
  /** null where it does not compile */
  readonly bytes: Buffer | null;
};

async function produce({ workbench, token }: CommandContext, path: string, emit: Emit): Promise<Built> {
  const { plain } = workbench.helpers;
  const start = performance.now();
  if (emit === "obj") {
    const { build, object } = await buildInput(plain, { path, text: null }, token);
    if (object !== null && build.stages.length === 0) {
      return fail({ kind: "bad-object", reason: "object", message: `build ${path}: it is an object already` });
    }
    return { ...build, bytes: object?.bytes ?? null };
  }
  const { text } = await readSource(path);
  const { output, stages, diagnostics, notes } = await compileText(plain, path, text, emit, token);
  const bytes = output === null ? null : Buffer.from(output, "base64");
  return {
    stages,
    diagnostics,
    notes: [...notes],
    programs: [],
    maps: [],
    milliseconds: performance.now() - start,
    bytes,
  };
}

/** What a user would type here for the same: the stages work in memory and name their files as if beside the source. */
function shownCommands(stages: readonly Stage[], path: string, cwd: string, output: string | null): readonly string[] {
  return stages.map(({ argv }, index) => {
    const words = argv.map((word) => (word === path ? shortPath(path, cwd) : word));
    const flag = words.lastIndexOf("-o");
    if (index === stages.length - 1 && flag >= 0) words[flag + 1] = output === null ? "-" : shortPath(output, cwd);
    return shell(words);
  });
}

function contents({ programs, maps }: Built): string {
  const names = (all: readonly { readonly name: string }[]): string => all.map(({ name }) => name).join(", ");
  return [
    ...(programs.length > 0 ? [`; program ${names(programs)}`] : []),
    ...(maps.length > 0 ? [`; map ${names(maps)}`] : []),
  ].join("");
}

/** Whole or not at all: a loader that reads it at the same time sees the old object or the new one. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}~`);
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileFailure("write", path, error);
  }
}
