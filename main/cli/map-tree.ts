/** xdpw map tree: prefixes under those that cover them, and what is to be said of them. */
import { fail } from "../../protocol/failures.ts";
import { sayMarks } from "../../protocol/tree-words.ts";
import { readCurrent } from "../maps/transfer/read-table.ts";
import { buildTree } from "../rows/tree/build-tree.ts";
import { findSpare, usuallyIgnored } from "../rows/tree/find-spare.ts";
import { prefixShape } from "../rows/tree/prefix-shape.ts";
import { told } from "../rows/tree/tree-lines.ts";
import { nodeFacts } from "../rows/tree/tree-view.ts";
import { formatEntryCells, formatEntryJson } from "../tables/format-entry.ts";
import { columnLines } from "./columns.ts";
import type { Answer, CommandContext } from "./command.ts";
import { mapJson } from "./json-shapes.ts";
import { openMap } from "./open-map.ts";

export async function runMapTree(context: CommandContext): Promise<Answer> {
  const { typed, token, paint, note } = context;
  const map = await openMap(context, "read");
  const { layout } = map;
  const shape = prefixShape(layout);
  if (shape === null) {
    const message = `${map.called}: its keys are no prefixes of IPv4 or IPv6 addresses`;
    return fail({ kind: "bad-value", field: "MAP", message });
  }
  const entries = await readCurrent(map.peer, map.description, token);
  const { keySize, valueStride: stride, count } = entries;
  const rows = { keySize, stride, count, keys: shared(entries.keys), values: shared(entries.values) };
  const tree = buildTree(rows, shape);
  const ignored = usuallyIgnored(layout);
  const found = findSpare(tree, rows, layout, ignored);
  const compared = layout.value.columns.map(({ path }) => path).filter((path) => !ignored.includes(path));
  const marked = typed.flags["marked"] === true;
  const nodes = function* (): Generator<number> {
    for (let node = 0; node < tree.count; node++) if (!marked || ((tree.flags[node] ?? 0) & told) !== 0) yield node;
  };
  const bytesOf = (node: number) => {
    const row = tree.row[node] ?? 0;
    return {
      key: entries.keys.subarray(row * keySize, (row + 1) * keySize),
      value: entries.values.subarray(row * stride, (row + 1) * stride),
    };
  };
  const keys = layout.key.columns.length;
  const lines = function* (): Generator<readonly string[]> {
    for (const node of nodes()) {
      const { prefix, depth, below, marks, above } = nodeFacts(tree, node);
      const { key, value } = bytesOf(node);
      const { cells } = formatEntryCells(layout, key, value);
      const said = sayMarks({ marks: [...marks], above }, cells.slice(0, keys).join(" "), shape.kind);
      const indented = `${marked ? "" : "  ".repeat(depth)}${prefix}`;
      yield [indented, below === 0 ? "" : `${below}`, ...cells.slice(keys), said.map(({ text }) => text).join("; ")];
    }
  };
  const right = layout.columns.slice(keys).flatMap(({ align }, at) => (align === "number" ? [at + 2] : []));
  const header = ["prefix", "below", ...layout.columns.slice(keys).map(({ path }) => path), ""];
  note(
    `${map.called}: ${found.never} never answer, ${found.same} say the same as the next less specific entry (${compared.join(", ")} compared), ${found.duplicate} are duplicates; ${found.spare} may go together, and no address gets another answer`,
  );
  return {
    ok: true,
    text: columnLines(header, lines(), { head: paint.dim, right: [1, ...right] }),
    json: {
      value: {
        ...{ map: mapJson(map.description.map), compared, found },
        entries: [...nodes()].map((node) => {
          const { key, value } = bytesOf(node);
          return { ...nodeFacts(tree, node), ...formatEntryJson(layout, key, value) };
        }),
      },
    },
  };
}

function shared(bytes: Uint8Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(Math.max(1, bytes.length));
  new Uint8Array(buffer).set(bytes);
  return buffer;
}
