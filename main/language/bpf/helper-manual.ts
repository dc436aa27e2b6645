/**
 * The kernel's helper functions as libbpf's bpf_helper_defs.h declares them: number, prototype, and the manual that
 * stands in the comment before each (generated from include/uapi/linux/bpf.h by scripts/bpf_doc.py).
 */
import { readFileSync } from "node:fs";

export interface HelperManual {
  readonly name: string;
  /** its number in the kernel, which the call instruction carries */
  readonly id: number;
  /** such as `void *bpf_map_lookup_elem(void *map, const void *key)` */
  readonly prototype: string;
  /** each with its type, as declared; empty for none */
  readonly parameters: readonly string[];
  /** reStructuredText, without the comment's stars */
  readonly text: string;
}
export type HelperManuals = ReadonlyMap<string, HelperManual>;

const places = ["/usr/include/bpf/bpf_helper_defs.h", "/usr/local/include/bpf/bpf_helper_defs.h"];

let read: HelperManuals | null = null;

/** Of this system; empty where libbpf's headers are not installed. Read once. */
export function helperManuals(): HelperManuals {
  read ??= readFirst();
  return read;
}

function readFirst(): HelperManuals {
  for (const place of places) {
    try {
      return parseHelperManuals(readFileSync(place, "utf8"));
    } catch {
      // not there: the next one may be
    }
  }
  return new Map();
}

/** `static long (*bpf_x)(int a) = (void *) 1;`, since libbpf 1.3 `(* const bpf_x)`. */
const declaration =
  /^(?:static\s+)?([^=;(){}]*?)\(\s*\*\s*(?:const\s+)?(bpf_\w+)\s*\)\s*\(([^;]*)\)\s*=\s*\(void\s*\*\)\s*(\d{1,6})\s*;/;

export function parseHelperManuals(header: string): HelperManuals {
  const found = new Map<string, HelperManual>();
  let comment = "";
  let at = 0;
  while (at < header.length) {
    if (header.startsWith("/*", at)) {
      const end = header.indexOf("*/", at + 2);
      if (end < 0) break;
      comment = header.slice(at + 2, end);
      at = end + 2;
      continue;
    }
    const end = header.indexOf("\n", at);
    const line = header.slice(at, end < 0 ? header.length : end);
    at = end < 0 ? header.length : end + 1;
    const match = declaration.exec(line.trim());
    if (match === null) continue;
    const [, type = "", name = "", list = "", id = "0"] = match;
    const parameters = list.trim() === "void" || list.trim() === "" ? [] : splitParameters(list);
    const returns = type.trim();
    found.set(name, {
      name,
      id: Number(id),
      prototype: `${returns}${returns.endsWith("*") ? "" : " "}${name}(${list.trim()})`,
      parameters,
      text: withoutStars(comment, name),
    });
    comment = "";
  }
  return found;
}

/** The parameter's own name: that of a pointer to a function, else the last word of its declaration; `...` stays. */
export function parameterName(parameter: string): string {
  return (/\(\s*\*\s*(\w+)\s*\)/.exec(parameter) ?? /(\w+)\s*(?:\[[^\]]*\]\s*)*$/.exec(parameter))?.[1] ?? parameter;
}

function splitParameters(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < list.length; at++) {
    const character = list[at];
    if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === "," && depth === 0) {
      parts.push(list.slice(start, at).trim());
      start = at + 1;
    }
  }
  parts.push(list.slice(start).trim());
  return parts.filter((part) => part !== "");
}

/** The first line repeats the name. */
function withoutStars(comment: string, name: string): string {
  const lines = comment.split("\n").map((line) => line.replace(/^\s*\*? ?/, "").trimEnd());
  while (lines[0] === "" || lines[0]?.trim() === name) lines.shift();
  while (lines.at(-1) === "") lines.pop();
  return lines.join("\n");
}
