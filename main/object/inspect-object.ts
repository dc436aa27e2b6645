import { describeMaps, type ObjectMap } from "./describe-maps.ts";
import { findFunctions, type ObjectFunction } from "./find-functions.ts";
import { type Failed, failed } from "./object-failure.ts";
import { type ProgramType, programTypeOf } from "./program-type.ts";
import { type Btf, readBtf } from "./read-btf.ts";
import { type BtfExt, readBtfExt } from "./read-btf-ext.ts";
import { type Elf, readElf } from "./read-elf.ts";
import { isLegacySection, type LegacyObjectMap, readLegacyMaps } from "./read-legacy-maps.ts";
import { readString } from "./read-string.ts";

/** What a BPF object holds, told without the kernel and without privilege. Plain data. */
export interface ObjectContents {
  /** As given by the caller; opens the messages. */
  readonly name: string;
  readonly littleEndian: boolean;
  readonly programs: readonly ObjectProgram[];
  readonly maps: readonly ObjectMap[];
  /** `struct bpf_map_def SEC("maps")`, which libbpf 1.0 and later refuse. */
  readonly hasLegacyMaps: boolean;
  readonly legacyMaps: readonly LegacyObjectMap[];
  /** Empty where the object names none. */
  readonly license: string;
  readonly btf: Btf | null;
  /** Function and line records; null where the object was built without -g. */
  readonly ext: BtfExt | null;
  readonly functions: readonly ObjectFunction[];
  /**
   * The text that it was built from, where that is at hand. clang takes the C lines of its records from the file on disk,
   * which is another text while somebody types.
   */
  readonly source?: { readonly file: string; readonly lines: readonly string[] };
  /** What a loader will trip over, each with its remedy. */
  readonly notes: readonly string[];
}

export interface ObjectProgram extends ProgramType {
  readonly name: string;
  readonly section: string;
  /** Of the program itself, without the subprograms that libbpf appends. */
  readonly instructions: number;
}

export type Inspection = { readonly ok: true; readonly object: ObjectContents } | Failed;

/**
 * Reads programs, maps, license, BTF and line records of an object built with clang -target bpf.
 * Total: any bytes give contents or a named failure. `name` is the file's, for messages.
 */
export function inspectObject(bytes: Uint8Array, name = ""): Inspection {
  const label = name === "" ? "object" : `object ${name}`;
  const read = readElf(bytes, label);
  if (!read.ok) return read;
  const { elf } = read;

  const functions = findFunctions(elf);
  if (typeof functions === "string") return failed("bad-elf", `${label}: ${functions}: build it again`);

  const debug = readDebug(elf);
  if (!debug.ok) return failed(debug.failure.kind, `${label}: ${debug.failure.message}`);
  const { btf, ext } = debug;

  const programs = functions
    .filter((entry) => entry.isProgram)
    .map(({ name: symbol, section, instructions }) => ({
      name: symbol,
      section,
      instructions,
      ...programTypeOf(section, symbol, btf),
    }));
  const license = findSection(elf, "license");
  const hasLegacyMaps = elf.sections.some(({ name: section }) => isLegacySection(section));
  const hasMaps = elf.sections.some((section) => section.name === ".maps");
  const legacyMaps = hasLegacyMaps ? readLegacyMaps(elf) : [];
  return {
    ok: true,
    object: {
      name,
      littleEndian: elf.littleEndian,
      programs,
      maps: btf ? describeMaps(btf) : [],
      hasLegacyMaps,
      legacyMaps,
      license: license ? (readString(license, 0, 128) ?? "") : "",
      btf,
      ext,
      functions,
      notes: collectNotes(label, programs, hasLegacyMaps && legacyMaps.length === 0, hasMaps && !btf),
    },
  };
}

function readDebug(elf: Elf): { ok: true; btf: Btf | null; ext: BtfExt | null } | Failed {
  const bytes = findSection(elf, ".BTF");
  if (!bytes) return { ok: true, btf: null, ext: null };
  const types = readBtf(bytes);
  if (!types.ok) return types;
  const extBytes = findSection(elf, ".BTF.ext");
  if (!extBytes) return { ok: true, btf: types.btf, ext: null };
  const records = readBtfExt(extBytes, types.btf);
  return records.ok ? { ok: true, btf: types.btf, ext: records.ext } : records;
}

function findSection(elf: Elf, name: string): Uint8Array | null {
  return elf.sections.find((section) => section.name === name)?.data ?? null;
}

function collectNotes(
  label: string,
  programs: readonly ObjectProgram[],
  hasStrangeMaps: boolean,
  mapsLackBtf: boolean,
): readonly string[] {
  const notes: string[] = [];
  if (programs.length === 0) notes.push(`${label}: holds no program: mark a function with SEC("xdp")`);
  if (hasStrangeMaps) {
    notes.push(
      `${label}: defines maps in section "maps", which libbpf 1.0 and later refuse: define them in SEC(".maps")`,
    );
  }
  if (mapsLackBtf) notes.push(`${label}: defines maps but carries no BTF: build it with -g`);
  return notes;
}
