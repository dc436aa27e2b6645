/** What an object holds, as rows of a tree that a filter thins out. */
import type { ObjectTree } from "../../protocol/views.ts";
import { bytes, count } from "../verify/sizes.ts";

export interface ObjectRow {
  readonly id: string;
  readonly name: string;
  /** dim, after the name */
  readonly note: string;
  /** at the right */
  readonly size: string;
  readonly at: { readonly file: string; readonly line: number } | null;
  readonly rows: readonly ObjectRow[];
  /** C, in monospace */
  readonly code: boolean;
}

/** of one branch, more than these are found by the filter only */
export const shownRows = 400;

function row(id: string, name: string, rest: Partial<ObjectRow> = {}): ObjectRow {
  return { note: "", size: "", at: null, rows: [], code: true, ...rest, id, name };
}

/** "key", "__u32": a detail below */
function detail(parent: string, name: string, note: string): ObjectRow {
  return row(`${parent}.${name}`, name, { note, code: false });
}

export function rowsOf(tree: ObjectTree): readonly ObjectRow[] {
  const branch = (id: string, name: string, rows: readonly ObjectRow[]): ObjectRow =>
    row(id, name, { rows, size: count(rows.length), code: false });
  return [
    branch(
      "programs",
      "Programs",
      tree.programs.map((program) => {
        const id = `program ${program.name}`;
        return row(id, program.name, {
          note: `SEC("${program.section}") · ${program.type}`,
          size: `${count(program.instructions)} ${program.instructions === 1 ? "instruction" : "instructions"}`,
          at: program.at,
          rows: [
            ...(program.calls.length > 0 ? [detail(id, "calls", program.calls.join(", "))] : []),
            ...(program.maps.length > 0 ? [detail(id, "maps", program.maps.join(", "))] : []),
          ],
        });
      }),
    ),
    branch(
      "maps",
      "Maps",
      tree.maps.map((map) => {
        const id = `map ${map.name}`;
        return row(id, map.name, {
          note: map.type,
          size: `${count(map.maxEntries)} ${map.maxEntries === 1 ? "entry" : "entries"}`,
          at: map.at,
          rows: [
            detail(id, "key", `${map.key} · ${bytes(map.keySize)}`),
            detail(id, "value", `${map.value} · ${bytes(map.valueSize)}`),
            ...(map.flags.length > 0 ? [detail(id, "flags", map.flags.join(" | "))] : []),
            ...(map.pinned ? [detail(id, "pinned", "by name, in /sys/fs/bpf")] : []),
          ],
        });
      }),
    ),
    branch(
      "globals",
      "Globals",
      tree.globals.map(({ section, name, type, value, bytes: size }) =>
        row(`global ${section} ${name}`, name, {
          note: `${type}${value === "" ? "" : ` = ${value}`} · ${section}`,
          size: bytes(size),
        }),
      ),
    ),
    branch(
      "sections",
      "Sections",
      tree.sections.map(({ index, name, type, flags, bytes: size }) =>
        row(`section ${index}`, name === "" ? `(${index})` : name, {
          note: [type, flags].filter((word) => word !== "").join(" · "),
          size: bytes(size),
        }),
      ),
    ),
    branch(
      "types",
      "BTF types",
      tree.types.map(({ id, kind, name, declaration, members, bytes: size }) =>
        row(`type ${id}`, name === "" ? declaration : `${kind} ${name}`, {
          note: name === "" ? kind : members.length > 0 || declaration === `${kind} ${name}` ? "" : declaration,
          size: size === null ? "" : bytes(size),
          rows: members.map((member, index) => row(`type ${id}.${index}`, member)),
        }),
      ),
    ),
  ];
}

/** Rows that fit, with what is above them; all of what is below a row that fits itself. */
export function thinOut(rows: readonly ObjectRow[], filter: string): readonly ObjectRow[] {
  const wanted = filter.trim().toLowerCase();
  if (wanted === "") return rows;
  const fits = ({ name, note }: ObjectRow): boolean => `${name} ${note}`.toLowerCase().includes(wanted);
  const thin = (one: ObjectRow): readonly ObjectRow[] => {
    if (fits(one)) return [one];
    const below = one.rows.flatMap(thin);
    return below.length === 0 ? [] : [{ ...one, rows: below }];
  };
  return rows.flatMap((branch) => {
    const below = branch.rows.flatMap(thin);
    return below.length === 0 ? [] : [{ ...branch, rows: below, size: count(below.length) }];
  });
}
