import type { ColumnFormat } from "../../protocol/rows.ts";

/** A key's or value's typed face: what its bytes mean and which columns show them. Plain data. */
export interface Layout {
  /** Bytes of a key, or of a value for one CPU. */
  readonly size: number;
  readonly littleEndian: boolean;
  readonly root: LayoutNode;
  readonly columns: readonly LayoutColumn[];
}

export interface LayoutColumn {
  /** Path of the field, such as "hop.mac" or "ports[1]"; "key" or "value" for a scalar. */
  readonly path: string;
  /** Bytes from the start of the key or value. */
  readonly offset: number;
  readonly node: LayoutNode;
}

export type LayoutNode = FieldNode | RecordNode | ArrayNode;

/** One value that a cell shows whole. */
export interface FieldNode {
  readonly kind: "field";
  /** As C would name it. */
  readonly type: string;
  /** Bytes that it touches. */
  readonly size: number;
  /** Where it starts in its first byte: from the least significant bit (little-endian) or the most significant one. */
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly form: FieldForm;
  /** what the source declares it to be: `__attribute__((btf_decl_tag("format:ifindex")))` */
  readonly declared?: ColumnFormat;
}

export type FieldForm =
  | {
      readonly as: "integer";
      readonly signed: boolean;
      readonly network: boolean;
      readonly hex: boolean;
      /** what may be typed in place of a number, and is shown as one: ports by their interfaces */
      readonly words?: readonly EnumValue[];
    }
  | {
      readonly as: "enum";
      readonly signed: boolean;
      readonly values: readonly EnumValue[];
      /** stored in network order, such as an EtherType */
      readonly network?: boolean;
    }
  /** nanoseconds since boot as bpf_ktime_get_ns() gives them; `bootedAt` in nanoseconds of the wall clock */
  | { readonly as: "boot-time"; readonly bootedAt: bigint }
  | { readonly as: "boolean" | "float" | "text" | "bytes" | "mac" | "ipv4" | "ipv6" };

export interface EnumValue {
  readonly name: string;
  readonly value: bigint;
}

export interface RecordNode {
  readonly kind: "struct" | "union";
  readonly type: string;
  readonly size: number;
  readonly members: readonly RecordMember[];
  /** The key of an LPM trie, {prefixlen, address}: one cell shows it, as 192.0.2.0/24. */
  readonly prefix: boolean;
}

export interface RecordMember {
  /** Empty for an anonymous struct or union, whose members count as the parent's. */
  readonly name: string;
  readonly offset: number;
  readonly node: LayoutNode;
}

export interface ArrayNode {
  readonly kind: "array";
  readonly type: string;
  readonly size: number;
  readonly length: number;
  readonly element: LayoutNode;
}

export function bytesField(size: number, type = "bytes"): FieldNode {
  return { kind: "field", type, size, bitOffset: 0, bitSize: size * 8, form: { as: "bytes" } };
}

export function unsignedField(size: number, type: string): FieldNode {
  const form: FieldForm = { as: "integer", signed: false, network: false, hex: false };
  return { kind: "field", type, size, bitOffset: 0, bitSize: size * 8, form };
}
