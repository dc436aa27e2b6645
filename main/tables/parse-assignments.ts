/** "nexthop=2,mac=02:00:00:00:00:01": some columns of a key or value by their names. */
import { type BadValue, badValue } from "./bad-value.ts";
import { describeField } from "./describe-field.ts";
import type { Layout } from "./layout.ts";
import type { LeftOut } from "./left-out.ts";
import { parseColumn } from "./parse-node.ts";

/** Whether a text is meant so: it begins with the name of a column and an equals sign. */
export function isAssignments(layout: Layout, text: string): boolean {
  const name = /^\s*([^=,\s]+)\s*=/.exec(text)?.[1];
  return name !== undefined && /^[A-Za-z_]/.test(name) && layout.columns.length > 1;
}

/** Writes the columns that are named into `bytes`; all of them must be, where there is nothing that they would change. */
export function parseAssignments(
  layout: Layout,
  text: string,
  bytes: Uint8Array,
  partial: boolean,
  leftOut: LeftOut,
): BadValue | null {
  const names = layout.columns.map(({ path }) => path);
  const missing = new Set(names);
  for (const pair of splitTopLevel(text)) {
    const at = pair.indexOf("=");
    const name = (at < 0 ? pair : pair.slice(0, at)).trim();
    const column = layout.columns.find(({ path }) => path === name);
    if (column === undefined) {
      const message = `field ${name}: there is none of that name: give ${names.slice(0, 12).join(", ")}`;
      return { kind: "bad-value", field: name, message };
    }
    if (at < 0) return badValue(name, undefined, describeField(column.node));
    if (!missing.delete(name)) {
      return { kind: "bad-value", field: name, message: `field ${name}: it is given twice` };
    }
    const failure = parseColumn(column, pair.slice(at + 1).trim(), bytes, layout.littleEndian);
    if (failure !== null) return failure;
  }
  const first = layout.columns.find(({ path, node }) => missing.has(path) && !leftOut(path, node));
  return partial || first === undefined ? null : badValue(first.path, undefined, describeField(first.node));
}

/** A comma inside of brackets belongs to a value, as in `ports=[1,2]`. As many parts as commas that part, and one. */
export function splitTopLevel(text: string): string[] {
  const pairs: string[] = [""];
  let depth = 0;
  for (const character of text) {
    if ("[{".includes(character)) depth += 1;
    if ("]}".includes(character)) depth -= 1;
    if (character === "," && depth === 0) pairs.push("");
    else pairs.push(`${pairs.pop() ?? ""}${character}`);
  }
  return pairs;
}
