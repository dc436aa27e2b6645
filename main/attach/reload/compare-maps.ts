/** Whether the running program's map can serve the newer program as it is, can be carried over, or neither. Pure. */
import type { FieldChange, MapFate } from "../../../protocol/reload.ts";
import { sameType } from "../../object/same-type.ts";
import { type Conversion, planConversion } from "../../tables/convert-layout.ts";
import type { MapSide } from "./map-side.ts";

export interface MapComparison {
  /** the first is what is proposed */
  readonly choices: readonly MapFate[];
  readonly why: string;
  readonly fields: readonly FieldChange[];
  /** null where it cannot be carried */
  readonly conversion: EntryConversion | null;
}

export interface EntryConversion {
  readonly key: Conversion;
  readonly value: Conversion;
}

/** BPF_F_RDONLY_PROG, which the kernel adds to a devmap's flags (kernel/bpf/devmap.c, dev_map_init_map) */
const readOnlyForPrograms = 1 << 7;
/** These differ in what they do when they are full, not in their entries. */
const families: ReadonlyMap<string, string> = new Map([
  ["hash", "hash"],
  ["lru_hash", "hash"],
  ["percpu_hash", "percpu_hash"],
  ["lru_percpu_hash", "percpu_hash"],
]);
const carried: ReadonlySet<string> = new Set([...families.keys(), "array", "percpu_array", "lpm_trie"]);
/** Without BTF in the kernel, whatever the object says (map_check_no_btf and the types' own map_check_btf). */
const untyped: ReadonlySet<string> = new Set([
  ...["devmap", "devmap_hash", "cpumap", "xskmap", "prog_array", "perf_event_array", "cgroup_array"],
  ...["sockmap", "sockhash", "reuseport_sockarray", "array_of_maps", "hash_of_maps", "ringbuf", "user_ringbuf"],
  ...["queue", "stack", "bloom_filter", "stack_trace"],
]);

export function compareMaps(running: MapSide, newer: MapSide): MapComparison {
  const differences = differ(running, newer);
  const typed = compareTypes(running, newer);
  if (differences.length === 0 && typed === "same") return keepable(newer);
  if (differences.length === 0 && typed === "unknown") {
    return {
      choices: ["empty", "keep"],
      why: "same sizes, but only one of the two has BTF: whether the fields are the same is yours to say",
      fields: [],
      conversion: null,
    };
  }
  const said = [
    ...differences,
    ...(typed === "same" || differences.some(isSize) ? [] : ["its key or value type changed"]),
  ];
  const sentence = said.join(", ");
  if (!carried.has(newer.type)) {
    const what = running.type === newer.type ? `${sentence}; what a ${newer.type} holds cannot be copied` : sentence;
    return onlyEmpty(what);
  }
  if (
    families.get(running.type) !== families.get(newer.type) ||
    (!families.has(newer.type) && running.type !== newer.type)
  ) {
    return onlyEmpty(sentence);
  }
  return carry(running, newer, sentence);
}

function keepable(newer: MapSide): MapComparison {
  if (!carried.has(newer.type)) {
    return { choices: ["keep", "empty"], why: "same type and sizes", fields: [], conversion: null };
  }
  const conversion = conversionOf(newer, newer);
  return { choices: ["keep", "carry", "empty"], why: "same type, sizes and fields", fields: [], conversion };
}

function carry(running: MapSide, newer: MapSide, sentence: string): MapComparison {
  const conversion = conversionOf(running, newer);
  const fields = [...conversion.key.changes, ...conversion.value.changes];
  const lost = conversion.key.changes.find(({ what }) => what !== "same" && what !== "converted");
  if (running.type === "lpm_trie" && (running.keySize !== newer.keySize || lost !== undefined)) {
    return { ...onlyEmpty(`${sentence}; prefixes of another kind cannot be told`), fields };
  }
  if (lost !== undefined || !conversion.key.carries) {
    return { ...onlyEmpty(`${sentence}; which keys they would be now cannot be told`), fields };
  }
  if (!conversion.value.carries) return { ...onlyEmpty(`${sentence}; no field of the value can be carried`), fields };
  return { choices: ["carry", "empty"], why: sentence, fields, conversion };
}

export function conversionOf(running: MapSide, newer: MapSide): EntryConversion {
  return {
    key: planConversion(running.layout.key, newer.layout.key, "key"),
    value: planConversion(running.layout.value, newer.layout.value, "value"),
  };
}

function onlyEmpty(why: string): MapComparison {
  return { choices: ["empty"], why, fields: [], conversion: null };
}

/** What libbpf's and the kernel's view of the two differ in, in words. */
function differ(running: MapSide, newer: MapSide): readonly string[] {
  const found: string[] = [];
  const entries = newer.type === running.type ? asCreated(newer) : newer.maxEntries;
  if (running.type !== newer.type) found.push(`its type was ${running.type} and is ${newer.type}`);
  if (running.keySize !== newer.keySize) found.push(`its key had ${running.keySize} bytes and has ${newer.keySize}`);
  if (running.valueSize !== newer.valueSize) {
    found.push(`its value had ${running.valueSize} bytes and has ${newer.valueSize}`);
  }
  if (entries !== null && running.maxEntries !== entries) {
    found.push(`max_entries was ${running.maxEntries} and is ${entries}`);
  }
  if (flagsOf(running) !== flagsOf(newer)) {
    found.push(`its flags were 0x${flagsOf(running).toString(16)} and are 0x${flagsOf(newer).toString(16)}`);
  }
  return found;
}

function isSize(difference: string): boolean {
  return /^its (key|value) had/.test(difference);
}

function flagsOf({ type, flags }: MapSide): number {
  return (type === "devmap" || type === "devmap_hash" ? flags & ~readOnlyForPrograms : flags) >>> 0;
}

/** max_entries as libbpf passes it on: null where it depends on the machine (0 in a perf event array). */
function asCreated({ type, maxEntries }: MapSide): number | null {
  if (type === "perf_event_array" && maxEntries === 0) return null;
  if (type !== "ringbuf" && type !== "user_ringbuf") return maxEntries;
  const page = 4096;
  let size = page;
  while (size < maxEntries && size < 0x8000_0000) size *= 2;
  return size;
}

function compareTypes(running: MapSide, newer: MapSide): "same" | "different" | "unknown" {
  if (untyped.has(newer.type)) return "same";
  const sides = [running, newer].map(({ btf, valueTypeId }) => btf !== null && valueTypeId !== 0);
  if (!sides.some(Boolean)) return "same";
  if (running.btf === null || newer.btf === null || !sides.every(Boolean)) return "unknown";
  const keys = sameOrNone(running, newer, running.keyTypeId, newer.keyTypeId);
  return keys && sameType(running.btf, running.valueTypeId, newer.btf, newer.valueTypeId) ? "same" : "different";
}

function sameOrNone(running: MapSide, newer: MapSide, runningId: number, newerId: number): boolean {
  if (runningId === 0 && newerId === 0) return true;
  return running.btf !== null && newer.btf !== null && sameType(running.btf, runningId, newer.btf, newerId);
}
