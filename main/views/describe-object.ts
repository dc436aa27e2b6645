/** An object as a tree: sections, programs with what they call and use, maps, globals and BTF types. */
import type { ObjectTree } from "../../protocol/views.ts";
import type { ObjectMap } from "../object/describe-maps.ts";
import type { ObjectFunction } from "../object/find-functions.ts";
import type { ObjectContents } from "../object/inspect-object.ts";
import { layOutProgram } from "../object/lay-out-program.ts";
import { mapFlagNames } from "../object/map-flags.ts";
import type { Elf } from "../object/read-elf.ts";
import { sectionFlagNames, sectionTypeName } from "../object/section-words.ts";
import { sourceLine } from "../object/source-line.ts";
import { declare } from "../object/spell-type.ts";
import { absolute } from "../verify/absolute.ts";
import { codeLoadImmediate64, decodeInstructions, instructionBytes } from "./bpf/decode.ts";
import { readReferences } from "./bpf/object-symbols.ts";
import { listGlobals } from "./list-globals.ts";
import { listTypes } from "./list-types.ts";

const nameLimit = 512;

/** Sizes of a hostile BTF or ELF may be anything. */
function u32(value: number): number {
  return Number.isInteger(value) && value > 0 ? Math.min(value, 0xffff_ffff) : 0;
}

/** `path` is what the user named, `source` its text where it is C: maps are found in it. */
export function describeObject(
  contents: ObjectContents,
  bytes: Uint8Array,
  elf: Elf,
  path: string,
  source: string | null,
): ObjectTree {
  const { btf, ext, littleEndian, license } = contents;
  const notes: string[] = [];
  if (btf === null) notes.push("no BTF: C types are not known; build it with -g");
  else if (ext === null || ext.lines.size === 0) notes.push("no line records (.BTF.ext): C lines are not known");
  if (license === "") notes.push('no license: helpers that want a GPL-compatible one are refused; add SEC("license")');
  if (!littleEndian) notes.push("big-endian: a little-endian kernel does not load it");
  const types = btf === null ? [] : [...listTypes(btf)];
  if (btf !== null && types.length < btf.typeCount - btf.firstId) {
    notes.push(`only the first ${types.length} of ${btf.typeCount - btf.firstId} types are shown`);
  }
  return {
    path,
    format: `ELF 64-bit ${littleEndian ? "little-endian" : "big-endian"}, BPF`,
    bytes: bytes.length,
    license,
    sections: elf.sections.slice(1).map(({ index, name, type, flags, size }) => ({
      ...{ index, name, type: sectionTypeName(type), flags: sectionFlagNames(flags), bytes: u32(size) },
    })),
    programs: listPrograms(contents, elf, path),
    maps: listMaps(contents, path, source),
    globals: [...listGlobals(bytes, elf, btf)],
    types,
    notes: [...contents.notes, ...notes],
  };
}

function listPrograms(contents: ObjectContents, elf: Elf, path: string): ObjectTree["programs"] {
  const references = readReferences(elf, contents.functions);
  const mapsOf = new Map<ObjectFunction, readonly string[]>();
  for (const entry of contents.functions) mapsOf.set(entry, mapsUsedBy(entry, elf, references));
  return contents.programs
    .filter(({ name }) => name !== "")
    .map(({ name, section, type, instructions }) => {
      const segments = layOutProgram(contents, name);
      const first = sourceLine(contents, name, 0);
      return {
        ...{ name, section, type, instructions },
        at: first === null || first.line < 1 ? null : { file: absolute(first.file, path), line: first.line },
        calls: segments.slice(1).map((segment) => segment.function.name),
        maps: [...new Set(segments.flatMap((segment) => mapsOf.get(segment.function) ?? []))],
      };
    });
}

function mapsUsedBy(entry: ObjectFunction, elf: Elf, references: ReturnType<typeof readReferences>): readonly string[] {
  const data = elf.sections[entry.sectionIndex]?.data ?? new Uint8Array(0);
  const start = entry.start * instructionBytes;
  const code = data.subarray(start, start + entry.instructions * instructionBytes);
  const found: string[] = [];
  // only constants of 64 bits name maps: the rest is not worth decoding
  for (let at = 0; at + 2 <= entry.instructions; at++) {
    if (code[at * instructionBytes] !== codeLoadImmediate64) continue;
    const pair = code.subarray(at * instructionBytes, (at + 2) * instructionBytes);
    const [constant] = decodeInstructions(pair, elf.littleEndian);
    const reference = constant === undefined ? null : references(entry.sectionIndex, entry.start + at, constant);
    if (reference?.kind === "map" && !found.includes(reference.name)) found.push(reference.name);
    at++;
  }
  return found;
}

function listMaps(contents: ObjectContents, path: string, source: string | null): ObjectTree["maps"] {
  const { btf } = contents;
  const lines = source?.split(/\r?\n/) ?? null;
  const legacy: readonly Omit<ObjectMap, "inner">[] = contents.legacyMaps.map((map) => ({
    ...map,
    keyTypeId: 0,
    valueTypeId: 0,
  }));
  return [...contents.maps, ...legacy]
    .filter(({ name }) => name !== "")
    .map((map) => {
      const line = lines === null ? 0 : mapLine(lines, map.name);
      const typed = (typeId: number, size: number): string =>
        btf === null || typeId === 0 ? bytesText(size) : declare(btf, typeId, "");
      return {
        ...{ name: map.name.slice(0, nameLimit), type: map.type },
        ...{ keySize: u32(map.keySize), valueSize: u32(map.valueSize) },
        ...{ key: typed(map.keyTypeId, map.keySize), value: typed(map.valueTypeId, map.valueSize) },
        ...{ maxEntries: u32(map.maxEntries), flags: mapFlagNames(u32(map.flags)), pinned: map.pinned },
        at: line === 0 ? null : { file: path, line },
      };
    });
}

function bytesText(size: number): string {
  return size === 0 ? "" : size === 1 ? "1 byte" : `${size} bytes`;
}

/** BTF knows no line of a variable; its definition is the line with its name and section. 0 where none is found. */
function mapLine(lines: readonly string[], name: string): number {
  const definition = new RegExp(
    `\\b${name.slice(0, nameLimit).replace(/\W/g, "\\$&")}\\s+(?:SEC\\s*\\(|__attribute__)`,
  );
  return lines.findIndex((line) => line.length < 4096 && definition.test(line)) + 1;
}
