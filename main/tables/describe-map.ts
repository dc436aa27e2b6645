import type { Column, MapSummary } from "../../protocol/maps.ts";
import type { Btf } from "../object/read-btf.ts";
import { btfSize } from "../object/resolve-btf.ts";
import { choicesOf, describeField } from "./describe-field.ts";
import { describeLayout, describePrefix, makeLayout } from "./describe-layout.ts";
import { isPadding, leftOutOf } from "./left-out.ts";
import { bytesField, type FieldForm, type Layout, type LayoutNode, type RecordNode, unsignedField } from "./layout.ts";

/** What of a map decides how its entries look. */
export interface MapShape
  extends Pick<MapSummary, "type" | "keySize" | "valueSize" | "maxEntries" | "btfKeyTypeId" | "btfValueTypeId"> {
  /** BPF_F_…; what is not told counts as 0 */
  readonly flags?: number;
  /** The map's own BTF; null where it has none. */
  readonly btf: Btf | null;
  /** Matters to per-CPU maps only. */
  readonly possibleCpus: number;
  /** Of the machine, where there is no BTF to tell; little by default. */
  readonly littleEndian?: boolean;
  /** what the user says instead of the map's BTF */
  readonly typed?: { readonly key: TypedPart | null; readonly value: TypedPart | null };
}

export interface TypedPart {
  readonly btf: Btf;
  readonly typeId: number;
}

export interface MapLayout {
  readonly type: string;
  readonly maxEntries: number;
  readonly key: Layout;
  readonly value: Layout;
  /** Of key, then of value: the order of a row's cells. */
  readonly columns: readonly Column[];
  readonly perCpu: boolean;
  /** How many values an entry carries: 1, or the possible CPUs of a per-CPU map. */
  readonly copies: number;
  /** Bytes from one CPU's value to the next. */
  readonly stride: number;
  /** Null where entries may be edited, else why not. */
  readonly readOnly: string | null;
  /** Whether entries may be added and deleted. */
  readonly resizable: boolean;
  /** The value's column that holds the id of a program that the entry runs; null where none does. */
  readonly programColumn: number | null;
}

const perCpuTypes = new Set(["percpu_hash", "percpu_array", "lru_percpu_hash", "percpu_cgroup_storage"]);
/** The kernel keeps their entries for the map's whole life, or for that of the control group that they hang on. */
const fixedTypes = new Set(["array", "percpu_array", "cgroup_storage", "percpu_cgroup_storage"]);
/** include/uapi/linux/bpf.h: then an entry holds build ids, else addresses */
const stackBuildId = 1 << 5;
/** Keyed by a plain u32 index, whether or not the BTF says so. */
const indexedTypes = new Set([
  "array",
  "percpu_array",
  "prog_array",
  "perf_event_array",
  "cgroup_array",
  "array_of_maps",
  "devmap",
  "sockmap",
  "cpumap",
  "xskmap",
  "reuseport_sockarray",
]);
/** Its values are ids of programs or of maps. */
export function holdsIds(type: string): boolean {
  return idTypes.has(type);
}

/** Its keys are the numbers below max_entries. */
export function isIndexed(type: string): boolean {
  return indexedTypes.has(type);
}

/** The kernel drops the BTF of these (map_check_no_btf), and their values are laid out by the UAPI: linux/bpf.h. */
const redirectTypes: ReadonlyMap<string, string> = new Map([
  ["devmap", "ifindex"],
  ["devmap_hash", "ifindex"],
  ["cpumap", "qsize"],
]);
const referenceTypes: ReadonlyMap<string, string> = new Map([
  ["xskmap", "AF_XDP sockets"],
  ["sockmap", "sockets"],
  ["sockhash", "sockets"],
  ["perf_event_array", "perf events"],
  ["cgroup_array", "control groups"],
  ["reuseport_sockarray", "sockets"],
]);
/** The kernel takes a descriptor and gives an id back. */
const idTypes = new Set(["array_of_maps", "hash_of_maps", "prog_array"]);
const streamTypes = new Set(["ringbuf", "user_ringbuf", "queue", "stack", "bloom_filter", "arena", "struct_ops"]);

/** The typed face of a map. Always answers: what BTF does not tell shows as an index or as bytes. */
export function describeMap(shape: MapShape): MapLayout {
  const littleEndian = shape.btf?.littleEndian ?? shape.littleEndian ?? true;
  const key = describeKey(shape, littleEndian);
  const value = describeValue(shape, littleEndian);
  const perCpu = perCpuTypes.has(shape.type);
  const stride = perCpu ? Math.ceil(shape.valueSize / 8) * 8 : shape.valueSize;
  const isProgram = shape.type === "prog_array" ? "id" : redirectTypes.has(shape.type) ? "bpf_prog.id" : null;
  const program = value.columns.findIndex((column) => column.path === isProgram);
  return {
    type: shape.type,
    maxEntries: shape.maxEntries,
    key,
    value,
    columns: [...withIndexHint(shape, describeColumns(key, "key")), ...describeColumns(value, "value")],
    perCpu,
    copies: perCpu ? Math.max(1, shape.possibleCpus) : 1,
    stride,
    readOnly: whyReadOnly(shape.type),
    resizable: !fixedTypes.has(shape.type) && whyReadOnly(shape.type) === null,
    programColumn: program >= 0 ? program : null,
  };
}

function describeKey(shape: MapShape, littleEndian: boolean): Layout {
  const { keySize: size } = shape;
  const { btf, typeId: id } = partOf(shape.typed?.key, shape.btf, shape.btfKeyTypeId, size);
  if (shape.type === "lpm_trie") return (btf && describePrefix(btf, id, size)) ?? plainPrefix(size, littleEndian);
  const typed = btf ? describeLayout(btf, id, size, "key") : null;
  if (typed) return typed;
  const isIndex = size === 4 && (indexedTypes.has(shape.type) || /^(devmap_hash|stack_trace)$/.test(shape.type));
  return makeLayout(isIndex ? unsignedField(4, "__u32") : bytesField(size), "key", littleEndian);
}

function describeValue(shape: MapShape, littleEndian: boolean): Layout {
  const { valueSize: size, type } = shape;
  const { btf, typeId: id } = partOf(shape.typed?.value, shape.btf, shape.btfValueTypeId, size);
  const first = redirectTypes.get(type);
  if (first && size === 4) return makeLayout(unsignedField(4, "__u32"), first, littleEndian);
  if (first && size === 8) {
    const program = record("bpf_prog", 4, [["id", 0, unsignedField(4, "__u32")]]);
    const root = record(`bpf_${type === "cpumap" ? type : "devmap"}_val`, 8, [
      [first, 0, unsignedField(4, "__u32")],
      ["bpf_prog", 4, program],
    ]);
    return makeLayout(root, "value", littleEndian);
  }
  if ((referenceTypes.has(type) || idTypes.has(type)) && size === 4)
    return makeLayout(unsignedField(4, "__u32"), "id", littleEndian);
  const typed = btf ? describeLayout(btf, id, size, "value") : null;
  if (typed === null && type === "stack_trace" && size % 8 === 0 && ((shape.flags ?? 0) & stackBuildId) === 0) {
    const address = unsignedField(8, "__u64");
    const element = { ...address, form: { as: "integer", signed: false, network: false, hex: true } } as const;
    return makeLayout({ kind: "array", type: "__u64[]", size, length: size / 8, element }, "addresses", littleEndian);
  }
  return typed ?? makeLayout(bytesField(size), "value", littleEndian);
}

/** A layout of the user's for a map of this name that has other sizes is not for this one. */
function partOf(
  typed: TypedPart | null | undefined,
  btf: Btf | null,
  typeId: number,
  size: number,
): { readonly btf: Btf | null; readonly typeId: number } {
  return typed !== null && typed !== undefined && btfSize(typed.btf, typed.typeId) === size ? typed : { btf, typeId };
}

/** An LPM key without BTF: struct bpf_lpm_trie_key of linux/bpf.h. */
function plainPrefix(size: number, littleEndian: boolean): Layout {
  if (size < 5) return makeLayout(bytesField(size), "key", littleEndian);
  const length = size - 4;
  const isAddress = length === 4 || length === 16;
  const form: FieldForm = { as: length === 4 ? "ipv4" : length === 16 ? "ipv6" : "bytes" };
  const root = record("bpf_lpm_trie_key", size, [
    ["prefixlen", 0, unsignedField(4, "__u32")],
    ["data", 4, { ...bytesField(length, `__u8[${length}]`), form }],
  ]);
  return makeLayout({ ...root, prefix: isAddress }, isAddress ? "prefix" : "key", littleEndian);
}

function record(name: string, size: number, members: readonly (readonly [string, number, LayoutNode])[]): RecordNode {
  return {
    kind: "struct",
    type: `struct ${name}`,
    size,
    members: members.map(([member, offset, node]) => ({ name: member, offset, node })),
    prefix: false,
  };
}

function describeColumns(layout: Layout, from: Column["from"]): readonly Column[] {
  const leftOut = from === "key" ? isPadding : leftOutOf(layout);
  return layout.columns.map(({ path, node }) => ({
    path,
    from,
    type: node.type,
    align: isNumber(node) ? "number" : "text",
    hint: describeField(node),
    choices: choicesOf(node)?.slice() ?? null,
    ...(leftOut(path, node) ? { leftOut: true as const } : {}),
  }));
}

/** Of an array's key: which numbers there are. */
function withIndexHint({ type, maxEntries }: MapShape, columns: readonly Column[]): readonly Column[] {
  const [only] = columns;
  if (!indexedTypes.has(type) || only?.align !== "number" || columns.length > 1) return columns;
  return [{ ...only, hint: `index from 0 to ${maxEntries - 1}` }];
}

function isNumber(node: LayoutNode): boolean {
  return node.kind === "field" && (node.form.as === "float" || (node.form.as === "integer" && !node.form.hex));
}

function whyReadOnly(type: string): string | null {
  const held = referenceTypes.get(type);
  if (held) return `holds ${held}, which are set by file descriptor: let the program that owns them do it`;
  if (type === "stack_trace") return "holds the stacks that programs recorded: they cannot be edited";
  return streamTypes.has(type) ? `is a ${type}: it has no entries to look up by key` : null;
}
