/** What a column can be shown as, and its field with another form: reading, typing, filters and sorting follow from that. */
import type { ColumnFormat } from "../../protocol/rows.ts";
import type { EnumValue, FieldForm, FieldNode, LayoutColumn } from "../tables/layout.ts";
import { etherTypes, protocols } from "./named-numbers.ts";

/** What formats need to know of the machine. */
export interface Surroundings {
  /** interfaces of the namespace that the map's program runs in, by ifindex */
  readonly interfaces: ReadonlyMap<number, string>;
  /** that namespace; null: the workbench's own */
  readonly netns: string | null;
  /** nanoseconds of the wall clock at which bpf_ktime_get_ns() was 0 */
  readonly bootedAt: bigint;
}

/** The formats that fit a column's bytes; empty for what is not one field. */
export function formatsOf({ node }: LayoutColumn): readonly ColumnFormat[] {
  if (node.kind !== "field") return [];
  const { size, form } = node;
  if (form.as === "float" || node.bitOffset !== 0 || node.bitSize !== size * 8) return [];
  const formats: ColumnFormat[] = ["auto"];
  if ([1, 2, 4, 8].includes(size)) formats.push("decimal", "hex");
  if ([2, 4, 8].includes(size)) formats.push("big-endian");
  if (size === 2) formats.push("port", "ethertype");
  if (size === 1 || size === 2 || size === 4) formats.push("protocol");
  if (size === 4) formats.push("ipv4", "ifindex");
  if ([1, 2, 4].includes(size)) formats.push("cpu");
  if (size === 8) formats.push("boot-time");
  if (size === 6) formats.push("mac");
  if (size === 16) formats.push("ipv6");
  if (size > 1) formats.push("text");
  formats.push("bytes");
  return formats;
}

/** Null where the format does not fit, or says nothing new. */
function formOf(node: FieldNode, format: ColumnFormat, { interfaces, bootedAt }: Surroundings): FieldForm | null {
  const signed = node.form.as === "integer" && node.form.signed;
  const integer = (network: boolean, hex: boolean): FieldForm => ({
    as: "integer",
    signed: signed && !hex,
    network,
    hex,
  });
  const network = node.form.as === "integer" && node.form.network;
  switch (format) {
    case "auto":
      return null;
    case "decimal":
    case "cpu":
      return integer(false, false);
    case "hex":
      return integer(network, true);
    case "big-endian":
    case "port":
      return { ...integer(true, false), signed: false } as FieldForm;
    case "ipv4":
    case "ipv6":
    case "mac":
    case "text":
    case "bytes":
      return { as: format };
    case "ethertype":
      return { as: "enum", signed: false, values: etherTypes, network: true };
    case "protocol":
      return { as: "enum", signed: false, values: protocols };
    case "ifindex":
      return { as: "enum", signed: false, values: namesOf(interfaces) };
    case "boot-time":
      return { as: "boot-time", bootedAt };
  }
}

function namesOf(interfaces: ReadonlyMap<number, string>): readonly EnumValue[] {
  return [...interfaces].map(([ifindex, name]) => ({ name, value: BigInt(ifindex) }));
}

const numberNames: readonly (readonly [ColumnFormat, readonly number[], RegExp])[] = [
  ["ifindex", [4], /(^|[._])(if_?(index|idx)|[io]if|if)$/],
  ["protocol", [1, 2], /(^|[._])(ip_?|l4_?)?(proto|protocol)$|(^|[._])next_?(hdr|header)$/],
  ["cpu", [1, 2, 4], /(^|[._])cpu(_?id)?$/],
  // what a program keeps of bpf_ktime_get_ns()
  [
    "boot-time",
    [8],
    /(^|[._])(ktime|tstamp|time_?stamp|ts|(first|last)_(seen|used|update|updated)|(seen|created|updated|expires)_at)(_ns)?$/,
  ],
];
const networkNames: typeof numberNames = [
  ["ethertype", [2], /(^|[._])((h|eth|ether|l3|vlan)_?)?(proto|protocol)$|(^|[._])(eth|ether)_?type$/],
];

/** A format by the field's own words, where nobody chose one: what it is declared to be, or what its name says. */
export function usualFormat(column: LayoutColumn): ColumnFormat {
  const { path, node } = column;
  if (node.kind !== "field") return "auto";
  if (node.declared !== undefined && formatsOf(column).includes(node.declared)) return node.declared;
  if (node.form.as !== "integer" || node.form.hex || node.form.signed || !formatsOf(column).includes("auto"))
    return "auto";
  const names = node.form.network ? networkNames : numberNames;
  const name = path.toLowerCase();
  return names.find(([, sizes, shape]) => sizes.includes(node.size) && shape.test(name))?.[0] ?? "auto";
}

/** What a column is shown as once all is known: an interface's name only where interfaces are. */
export function shownFormat(column: LayoutColumn, chosen: ColumnFormat, { interfaces }: Surroundings): ColumnFormat {
  if (chosen !== "auto") return formatsOf(column).includes(chosen) ? chosen : "auto";
  const format = usualFormat(column);
  return format === "ifindex" && interfaces.size === 0 ? "auto" : format;
}

export function withFormat(column: LayoutColumn, chosen: ColumnFormat, surroundings: Surroundings): LayoutColumn {
  const { node } = column;
  const format = shownFormat(column, chosen, surroundings);
  if (node.kind !== "field" || format === "auto") return column;
  const form = formOf(node, format, surroundings);
  return form === null ? column : { ...column, node: { ...node, form } };
}
