/** An object's tree for a terminal: tables of sections, programs, maps and globals, and its named types as C. */
import type { ObjectTree } from "../../protocol/views.ts";
import { columns } from "./columns.ts";
import type { Paint } from "./command.ts";
import { shortPath } from "./diagnostic-lines.ts";

export function objectText(tree: ObjectTree, cwd: string, paint: Paint): string {
  const { format, bytes, license } = tree;
  const parts = [
    `${shortPath(tree.path, cwd)}: ${format}, ${bytes} bytes, ${license === "" ? "no license" : `license ${license}`}\n`,
  ];
  const table = (header: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]): void => {
    if (rows.length > 0) parts.push(`\n${columns(header, rows, { head: paint.bold, right })}`);
  };
  const place = (at: { readonly file: string; readonly line: number } | null): string =>
    at === null ? "" : `${shortPath(at.file, cwd)}:${at.line}`;
  table(
    ["section", "type", "bytes", "flags"],
    tree.sections.map((one) => [one.name, one.type, `${one.bytes}`, one.flags]),
    [2],
  );
  table(
    ["program", "section", "type", "instructions", "calls", "maps", "at"],
    tree.programs.map((one) => [
      ...[one.name, one.section, one.type, `${one.instructions}`],
      ...[one.calls.join(", "), one.maps.join(", "), place(one.at)],
    ]),
    [3],
  );
  table(
    ["map", "type", "key", "value", "max entries", "flags", "at"],
    tree.maps.map((one) => [
      ...[one.name, one.type, one.key, one.value, `${one.maxEntries}`],
      ...[[...one.flags, ...(one.pinned ? ["pinned by name"] : [])].join(", "), place(one.at)],
    ]),
    [4],
  );
  table(
    ["global", "section", "type", "bytes", "value"],
    tree.globals.map((one) => [one.name, one.section, one.type, `${one.bytes}`, one.value]),
    [3],
  );
  const named = tree.types.filter(
    ({ kind, name, members }) => kind === "typedef" || kind === "func" || (name !== "" && members.length > 0),
  );
  if (named.length > 0) {
    parts.push(`\n${paint.bold(`types (${named.length} of ${tree.types.length}; --json has all)`)}\n`);
    for (const { declaration, members } of named) {
      parts.push(`${declaration}${members.length > 0 ? " {" : ";"}\n`);
      if (members.length > 0) parts.push(...members.map((member) => `  ${member}\n`), "}\n");
    }
  }
  return parts.join("");
}

/** For --json: as the tree is, with the names that the other commands give to a map's sizes. */
export function objectJson({ maps, ...tree }: ObjectTree) {
  return {
    ...tree,
    maps: maps.map(({ keySize, valueSize, maxEntries, ...map }) => ({
      ...map,
      key_size: keySize,
      value_size: valueSize,
      max_entries: maxEntries,
    })),
  };
}
