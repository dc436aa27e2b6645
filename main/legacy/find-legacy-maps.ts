/** Findings of class "legacy-map": at the C line, before anything is loaded. */
import type { Diagnostic } from "../../protocol/diagnostic.ts";
import { convertLegacyMaps, mayHoldLegacyMaps } from "./convert-maps.ts";
import { findHeaders } from "./find-headers.ts";

export interface LegacyInput {
  readonly path: string;
  /** null for an object that was built elsewhere */
  readonly text: string | null;
  /** the names in the object's section "maps"; empty where it has none, null where the source did not compile */
  readonly objectMaps: readonly string[] | null;
}

/** What clang says where libbpf's headers know the struct no more: once where it is used, once where it is named. */
const unknownStruct =
  /incomplete type '(?:const )?struct bpf_(?:map_def|elf_map)'|forward declaration of 'struct bpf_(?:map_def|elf_map)'/;

/** One finding a map, in place of clang's about the same; the others stay as they are. */
export async function withLegacyMaps(
  diagnostics: readonly Diagnostic[],
  { path, text, objectMaps }: LegacyInput,
): Promise<readonly Diagnostic[]> {
  const isTold = objectMaps === null && diagnostics.some(({ message }) => unknownStruct.test(message));
  const isHeld = (objectMaps?.length ?? 0) > 0;
  if (!isTold && !isHeld) return diagnostics;
  const found = text === null ? [] : await inSources(path, text, objectMaps, diagnostics);
  const others = found.length === 0 ? diagnostics : diagnostics.filter(({ message }) => !unknownStruct.test(message));
  const named = new Set(found.map(({ name }) => name));
  // A macro may have made up a name that stands nowhere.
  const unplaced = found.some(({ name }) => name.includes("##"))
    ? []
    : (objectMaps ?? []).filter((name) => !named.has(name));
  return [
    ...found.map(({ finding }) => finding),
    ...unplaced.map((name) => legacyFinding(path, 0, 0, elsewhere(name, text === null))),
    ...others,
  ];
}

function elsewhere(name: string, isObject: boolean): string {
  const what = `map ${name} is defined as struct bpf_map_def in section "maps", the form of before libbpf 1.0, which libbpf 1.0 and later refuse`;
  return isObject
    ? `${what}: define it in SEC(".maps") in the source and build again`
    : `${what}: define it in SEC(".maps") where it is declared`;
}

/** The source itself and the headers beside it; of them what clang or the object knows, not what a condition leaves out. */
async function inSources(
  path: string,
  text: string,
  objectMaps: readonly string[] | null,
  diagnostics: readonly Diagnostic[],
) {
  const told = new Set(
    diagnostics.filter(({ message }) => unknownStruct.test(message)).map(({ file, line }) => `${file}:${line}`),
  );
  const sources = [{ path, text }, ...(await findHeaders(path, text))].filter((one) => mayHoldLegacyMaps(one.text));
  const all = sources.flatMap((one) =>
    convertLegacyMaps(one.text).maps.map(({ name, line, column, explanation }) => ({
      name,
      place: `${one.path}:${line}`,
      finding: legacyFinding(one.path, line, column, explanation),
    })),
  );
  const present = all.filter(
    ({ name, place }) => name.includes("##") || (objectMaps === null ? told.has(place) : objectMaps.includes(name)),
  );
  return present.length > 0 ? present : all;
}

function legacyFinding(file: string, line: number, column: number, message: string): Diagnostic {
  return { file, line, column, severity: "error", class: "legacy-map", message };
}
