/**
 * The debug metadata of LLVM IR text that says where code comes from (LLVM's "Source Level Debugging" manual):
 * DILocation, the scopes that it names, and their files. Total: what is not understood gives no place.
 */
import { isAbsolute, join } from "node:path";
import type { NamedPlace } from "../code-builder.ts";

export interface DebugMetadata {
  /** of what `!dbg !N` names: innermost first, then where that was inlined; empty where nothing is known */
  placesOf(node: number): readonly NamedPlace[];
}

interface Node {
  readonly kind: string;
  readonly text: string;
}

/** Real chains are a few steps; damaged ones may be rings. */
const chainLimit = 64;

export function readMetadata(lines: readonly string[]): DebugMetadata {
  const nodes = new Map<number, Node>();
  for (const line of lines) {
    const match = /^!(\d{1,9}) = (?:distinct )?!(DI\w+)\((.*)\)\s*$/.exec(line);
    if (match !== null) nodes.set(Number(match[1]), { kind: match[2] ?? "", text: match[3] ?? "" });
  }
  const known = new Map<number, readonly NamedPlace[]>();
  return {
    placesOf(node) {
      const places = known.get(node) ?? findPlaces(nodes, node);
      known.set(node, places);
      return places;
    },
  };
}

function findPlaces(nodes: ReadonlyMap<number, Node>, from: number): readonly NamedPlace[] {
  const places: NamedPlace[] = [];
  let current: number | null = from;
  for (let step = 0; step < chainLimit && current !== null; step++) {
    const node = nodes.get(current);
    if (node === undefined) break;
    if (node.kind === "DIGlobalVariableExpression") {
      current = reference(node.text, "var");
      continue;
    }
    const isLocation = node.kind === "DILocation";
    const file = fileOf(nodes, isLocation ? reference(node.text, "scope") : current);
    const line = number(node.text, "line");
    // line 0 is code of the compiler's own making, at no line of this scope
    if (file !== null && line > 0) places.push({ file, line, column: number(node.text, "column") });
    current = isLocation ? reference(node.text, "inlinedAt") : null;
  }
  return places;
}

/** The file of the nearest scope that names one. */
function fileOf(nodes: ReadonlyMap<number, Node>, scope: number | null): string | null {
  let current = scope;
  for (let step = 0; step < chainLimit && current !== null; step++) {
    const node = nodes.get(current);
    if (node === undefined) return null;
    if (node.kind === "DIFile") return nameOf(node.text);
    current = reference(node.text, "file") ?? reference(node.text, "scope");
  }
  return null;
}

function nameOf(text: string): string | null {
  const match = /^filename: "([^"]*)", directory: "([^"]*)"/.exec(text);
  if (match === null) return null;
  const filename = unescapeText(match[1] ?? "");
  const directory = unescapeText(match[2] ?? "");
  return isAbsolute(filename) || directory === "" ? filename : join(directory, filename);
}

/** LLVM writes what is not printable, quotes and backslashes as \XX, bytes of UTF-8. */
export function unescapeText(text: string): string {
  if (!text.includes("\\")) return text;
  const bytes: Buffer[] = [];
  let at = 0;
  for (const match of text.matchAll(/\\([0-9a-fA-F]{2}|\\)/g)) {
    bytes.push(Buffer.from(text.slice(at, match.index)));
    bytes.push(match[1] === "\\" ? Buffer.from("\\") : Buffer.from(match[1] ?? "", "hex"));
    at = match.index + match[0].length;
  }
  bytes.push(Buffer.from(text.slice(at)));
  return Buffer.concat(bytes).toString("utf8");
}

function reference(text: string, field: string): number | null {
  const match = new RegExp(`(?:^|, )${field}: !(\\d{1,9})(?=,|$)`).exec(text);
  return match === null ? null : Number(match[1]);
}

function number(text: string, field: string): number {
  const match = new RegExp(`(?:^|, )${field}: (\\d{1,9})(?=,|$)`).exec(text);
  return match === null ? 0 : Number(match[1]);
}
