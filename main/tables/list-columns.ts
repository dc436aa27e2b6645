import type { LayoutColumn, LayoutNode, RecordNode } from "./layout.ts";

/** Longer arrays are one cell of JSON: nobody reads a table four thousand columns wide. */
const spreadScalars = 8;
const spreadRecords = 16;
const columnLimit = 128;
const memberLimit = 2048;

/** The cells that show a layout, left to right; one cell of JSON for what would be too wide. */
export function listColumns(root: LayoutNode, name: string): readonly LayoutColumn[] {
  const columns = columnsOf(root, name, "", 0);
  if (columns.length <= columnLimit) return columns;
  return root.kind === "struct" ? membersOf(root, name) : [{ path: name, offset: 0, node: root }];
}

/** A wide struct, as a program with many variables has: what is too wide of it is a cell of JSON each. */
function membersOf(root: RecordNode, name: string): readonly LayoutColumn[] {
  const columns = root.members.flatMap((member) => {
    const own = columnsOf(member.node, name, member.name, member.offset);
    return own.length > spreadRecords ? [{ path: member.name, offset: member.offset, node: member.node }] : own;
  });
  const named = root.members.every((member) => member.name !== "");
  return named && columns.length <= memberLimit ? columns : [{ path: name, offset: 0, node: root }];
}

function columnsOf(node: LayoutNode, name: string, path: string, offset: number): readonly LayoutColumn[] {
  const here: LayoutColumn = { path: path === "" ? name : path, offset, node };
  switch (node.kind) {
    case "field":
      return node.size === 0 ? [] : [here];
    case "struct": {
      if (node.prefix) return [here];
      const columns: LayoutColumn[] = [];
      for (const member of node.members) {
        columns.push(...columnsOf(member.node, name, join(path, member.name), offset + member.offset));
        if (columns.length > columnLimit) break;
      }
      return columns;
    }
    case "union": {
      // One view of the bytes is enough to read and to write them all: the first of the largest.
      const [first, ...rest] = node.members;
      if (!first) return [];
      const largest = rest.reduce((best, member) => (member.node.size > best.node.size ? member : best), first);
      return columnsOf(largest.node, name, join(path, largest.name), offset + largest.offset);
    }
    case "array": {
      if (node.length === 0) return [];
      const each = columnsOf(node.element, "", "", 0).length;
      const spread = node.element.kind === "field" ? node.length <= spreadScalars : node.length * each <= spreadRecords;
      if (!spread) return [here];
      return Array.from({ length: node.length }, (_, index) =>
        columnsOf(node.element, name, `${here.path}[${index}]`, offset + index * node.element.size),
      ).flat();
    }
  }
}

function join(path: string, name: string): string {
  if (name === "") return path;
  return path === "" ? name : `${path}.${name}`;
}
