/** Machine code as lines: offsets from its function, labels where its jumps go, names for what it calls. */
import type { ProgramDump } from "../../protocol/views.ts";
import { btfString } from "../object/read-btf.ts";
import { type CodeText, createCodeBuilder, type NamedPlace } from "./code-builder.ts";
import type { ReadDump } from "./read-dump.ts";

export interface MachineInstruction {
  /** bytes from the start of the function */
  readonly offset: number;
  readonly bytes: number;
  readonly text: string;
}

export interface MachineFunction {
  readonly name: string;
  readonly address: bigint;
  readonly bytes: number;
  readonly instructions: readonly MachineInstruction[];
}

/** Each function's own bytes and name. Total: lengths that do not fit are cut. */
export function splitJited(
  dump: Pick<ProgramDump, "jitedFunctions" | "name">,
  jited: Uint8Array,
  { functions }: Pick<ReadDump, "functions">,
): readonly { readonly name: string; readonly address: bigint; readonly code: Uint8Array }[] {
  let at = 0;
  return dump.jitedFunctions.flatMap(({ address, bytes }, index) => {
    const code = jited.subarray(at, at + bytes);
    at += bytes;
    const name = functions[index]?.name ?? (index === 0 ? dump.name : `function_${index}`);
    return code.length > 0 ? [{ name, address: BigInt(address), code }] : [];
  });
}

export function layOutJited(
  dump: ReadDump,
  functions: readonly MachineFunction[],
  jitedLines: readonly bigint[],
  nameFile: (file: string) => string,
): CodeText {
  const builder = createCodeBuilder();
  const places = placesByAddress(dump, jitedLines, nameFile);
  const heads = new Map(functions.filter(({ address }) => address !== 0n).map(({ address, name }) => [address, name]));
  for (const { name, address, bytes, instructions } of functions) {
    const end = address + BigInt(bytes);
    const own = places.filter((one) => one.address >= address && one.address < end);
    const labels = labelTargets(instructions, address);
    const digits = Math.max(4, bytes.toString(16).length);
    const first: readonly NamedPlace[] = own[0]?.at ?? [];
    builder.heading(`${name}:`, first, name);
    let next = 0;
    let at: readonly NamedPlace[] = [];
    for (const { offset, text } of instructions) {
      while (next < own.length && (own[next]?.address ?? 0n) <= address + BigInt(offset)) at = own[next++]?.at ?? [];
      const label = labels.get(offset);
      if (label !== undefined) builder.heading(`${label}:`, []);
      const named = nameTarget(text, (target) => {
        const inside = target - address;
        const here = inside >= 0n && inside < BigInt(bytes) ? labels.get(Number(inside)) : undefined;
        if (here !== undefined) return `0x${inside.toString(16)} <${here}>`;
        return heads.get(target) ?? dump.symbols.get(target) ?? null;
      });
      builder.code(`${offset.toString(16).padStart(digits + 2)}: ${named}`, at);
    }
  }
  return builder.done();
}

/** An address that stands bare at the end: immediates carry $ or #, memory its registers. */
const target = /(?<=[ ,])0x([0-9a-f]{1,16})(?: <[^>]*>)?$/;

function nameTarget(text: string, name: (target: bigint) => string | null): string {
  const match = target.exec(text);
  if (match === null || text.startsWith(".byte")) return text;
  const address = BigInt(`0x${match[1] ?? "0"}`);
  return `${text.slice(0, match.index)}${name(address) ?? `0x${address.toString(16)}`}`;
}

function labelTargets(instructions: readonly MachineInstruction[], base: bigint): ReadonlyMap<number, string> {
  const starts = new Set(instructions.map(({ offset }) => offset));
  const targets = new Set<number>();
  for (const { text } of instructions) {
    const match = text.startsWith(".byte") ? null : target.exec(text);
    const inside = match === null ? -1n : BigInt(`0x${match[1] ?? "0"}`) - base;
    if (inside >= 0n && inside < 1n << 32n && starts.has(Number(inside))) targets.add(Number(inside));
  }
  const sorted = [...targets].toSorted((one, other) => one - other);
  return new Map(sorted.map((offset, index) => [offset, `L${index + 1}`]));
}

/** Sorted by address. Line 0 is code of the compiler's own making: it counts to the line before. */
function placesByAddress(
  { btf, lines }: ReadDump,
  jitedLines: readonly bigint[],
  nameFile: (file: string) => string,
): readonly { readonly address: bigint; readonly at: readonly NamedPlace[] }[] {
  if (btf === null) return [];
  const files = new Map<number, string>();
  const placed = jitedLines.flatMap((address, index) => {
    const record = lines[index];
    if (record === undefined || record.line === 0 || address === 0n) return [];
    const file = files.get(record.fileOffset) ?? nameFile(btfString(btf, record.fileOffset));
    files.set(record.fileOffset, file);
    return [{ address, at: [{ file, line: record.line, column: record.column }] }];
  });
  return placed.toSorted((one, other) => (one.address < other.address ? -1 : one.address > other.address ? 1 : 0));
}
