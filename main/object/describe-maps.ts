import type { BtfComposite, BtfType } from "./btf-types.ts";
import { mapTypeName } from "./map-types.ts";
import { type Btf, btfType } from "./read-btf.ts";
import { btfSize, resolveBtfType } from "./resolve-btf.ts";

/** A map as the object defines it in section ".maps" (libbpf's BTF-defined maps). Type ids are 0 where not given. */
export interface ObjectMap {
  readonly name: string;
  /** In bpftool's words, as "lpm_trie". */
  readonly type: string;
  readonly typeNumber: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly pinned: boolean;
  readonly keyTypeId: number;
  readonly valueTypeId: number;
  /** What a map of maps is declared to hold; null for other maps. */
  readonly inner: ObjectMap | null;
}

/** Far above what a definition has; keeps a damaged BTF from making this slow. */
const mapLimit = 1024;
const memberLimit = 64;

/** The maps of the DATASEC ".maps"; empty where the object has none. */
export function describeMaps(btf: Btf): readonly ObjectMap[] {
  const section = findMapsSection(btf);
  if (section?.kind !== "dataSection") return [];
  const definitions = new Map<number, BtfType>();
  const maps: ObjectMap[] = [];
  for (const entry of section.variables.slice(0, mapLimit)) {
    const variable = btfType(btf, entry.type);
    if (variable.kind !== "variable") continue;
    const definition = definitions.get(variable.type) ?? resolveBtfType(btf, variable.type).type;
    definitions.set(variable.type, definition);
    if (definition.kind === "struct") maps.push(describeMap(btf, variable.name, definition));
  }
  return maps;
}

function findMapsSection(btf: Btf): BtfType | null {
  // Data sections come last.
  for (let id = btf.typeCount - 1; id > 0; id--) {
    const type = btfType(btf, id);
    if (type.kind === "dataSection" && type.name === ".maps") return type;
  }
  return null;
}

function describeMap(btf: Btf, name: string, definition: BtfComposite, depth = 0): ObjectMap {
  const numbers = new Map<string, number>();
  const types = new Map<string, number>();
  let holdsOthers = false;
  let inner: ObjectMap | null = null;
  for (const member of definition.members.slice(0, memberLimit)) {
    if (member.name === "key" || member.name === "value") {
      const pointer = resolveBtfType(btf, member.type).type;
      if (pointer.kind === "pointer") types.set(member.name, pointer.type);
    } else if (member.name === "values") {
      holdsOthers = true;
      inner = innerMap(btf, member.type, depth);
    } else numbers.set(member.name, readNumber(btf, member.type));
  }
  const keyTypeId = types.get("key") ?? 0;
  const valueTypeId = types.get("value") ?? 0;
  const typeNumber = numbers.get("type") ?? 0;
  return {
    name,
    type: mapTypeName(typeNumber),
    typeNumber,
    keySize: numbers.get("key_size") ?? btfSize(btf, keyTypeId) ?? 0,
    // "values" lists inner maps or programs: the kernel keeps a file descriptor's worth of them.
    valueSize: numbers.get("value_size") ?? btfSize(btf, valueTypeId) ?? (holdsOthers ? 4 : 0),
    maxEntries: numbers.get("max_entries") ?? 0,
    flags: numbers.get("map_flags") ?? 0,
    pinned: (numbers.get("pinning") ?? 0) !== 0,
    keyTypeId,
    valueTypeId,
    inner,
  };
}

/** __array(values, struct inner) is an array of pointers to it; a program array's are pointers to functions. */
function innerMap(btf: Btf, id: number, depth: number): ObjectMap | null {
  const { type: list } = resolveBtfType(btf, id);
  const pointer = list.kind === "array" ? resolveBtfType(btf, list.type).type : list;
  if (pointer.kind !== "pointer" || depth > 0) return null;
  const { type } = resolveBtfType(btf, pointer.type);
  return type.kind === "struct" ? describeMap(btf, "", type, depth + 1) : null;
}

/** __uint(x, n) is a pointer to an array of n; __ulong(x, n) an enum of the one value n. */
function readNumber(btf: Btf, id: number): number {
  const { type } = resolveBtfType(btf, id);
  if (type.kind === "pointer") {
    const target = resolveBtfType(btf, type.type).type;
    return target.kind === "array" ? target.length : 0;
  }
  if (type.kind === "enum" || type.kind === "enum64") return Number(type.values[0]?.value ?? 0n);
  return 0;
}
