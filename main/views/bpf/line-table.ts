/** The C place of each instruction, from line records. */
import { btfString, type Btf } from "../../object/read-btf.ts";
import type { LineRecord } from "../../object/read-btf-ext.ts";
import { recordAt } from "../../object/record-at.ts";
import type { NamedPlace } from "../code-builder.ts";

/**
 * `records` sorted by instruction, those of one section or program. clang writes line 0 for code of its own making, which
 * belongs to no line: it counts to the record before, as the verifier shows it.
 *
 * @returns the places of an instruction: one, or none before the first record of its function, which begins at `start`
 */
export function lineTable(
  btf: Btf | null,
  records: readonly LineRecord[],
  nameFile: (file: string) => string,
): (start: number, instruction: number) => readonly NamedPlace[] {
  if (btf === null) return () => [];
  const files = new Map<number, string>();
  const fileOf = (offset: number): string => {
    const known = files.get(offset) ?? nameFile(btfString(btf, offset));
    files.set(offset, known);
    return known;
  };
  const useful = records.filter(({ line }) => line !== 0);
  const places = useful.map(({ fileOffset, line, column }) => [{ file: fileOf(fileOffset), line, column }]);
  return (start, instruction) => {
    const index = recordAt(useful, instruction);
    const record = useful[index];
    return record === undefined || record.instruction < start ? [] : (places[index] ?? []);
  };
}
