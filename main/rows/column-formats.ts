/** What a column can be shown as, and its field with another form: reading, typing, filters and sorting follow from that. */
import type { ColumnFormat } from "../../protocol/rows.ts";
import type { EnumValue, FieldForm, FieldNode, LayoutColumn } from "../tables/layout.ts";
import { etherTypes, protocols } from "./named-numbers.ts";

/** What formats need to know of the machine. */
export interface Surroundings {
  /** interfaces of the namespace that the map's program runs in, by ifindex */
  readonly interfaces: ReadonlyMap<number, string>;
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
  if (size === 1 || size === 4) formats.push("protocol");
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

/** A format by the field's own words, where nobody chose one: an ifindex that is one by name. */
export function usualFormat({ path, node }: LayoutColumn): ColumnFormat {
  if (node.kind !== "field" || node.form.as !== "integer" || node.form.network || node.size !== 4) return "auto";
  return /(^|[._])(ifindex|iif|oif)$/i.test(path) ? "ifindex" : "auto";
}

export function withFormat(column: LayoutColumn, chosen: ColumnFormat, surroundings: Surroundings): LayoutColumn {
  const { node } = column;
  if (node.kind !== "field" || !formatsOf(column).includes(chosen)) return column;
  const format = chosen === "auto" ? usualFormat(column) : chosen;
  if (format === "ifindex" && chosen === "auto" && surroundings.interfaces.size === 0) return column;
  const form = formOf(node, format, surroundings);
  return form === null ? column : { ...column, node: { ...node, form } };
}
