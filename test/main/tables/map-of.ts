import { inspectObject } from "../../../main/object/inspect-object.ts";
import { describeMap, type MapLayout } from "../../../main/tables/describe-map.ts";
import { compileBpf, preamble } from "../object/compile-bpf.ts";

export interface MapsOptions {
  readonly target?: "bpfel" | "bpfeb";
  readonly possibleCpus?: number;
}

/** Compiles map definitions and describes each, by name, as main does with what the kernel reports. */
export function describeMapsOf(definitions: string, options: MapsOptions = {}): ReadonlyMap<string, MapLayout> {
  const names = [...definitions.matchAll(/(\w+) SEC\("\.maps"\)/g)].map((found) => found[1] ?? "");
  const uses = names.map((name) => `map_lookup(&${name}, ctx);`).join(" ");
  const source = `${preamble}${definitions}\nSEC("xdp") int use(struct xdp_md *ctx) { ${uses} return 2; }`;
  const result = inspectObject(compileBpf(source, { target: options.target ?? "bpfel" }));
  if (!result.ok) throw new Error(result.failure.message);
  const { btf, maps } = result.object;
  return new Map(
    maps.map((map) => [
      map.name,
      describeMap({
        ...map,
        btf,
        btfKeyTypeId: map.keyTypeId,
        btfValueTypeId: map.valueTypeId,
        possibleCpus: options.possibleCpus ?? 1,
        littleEndian: options.target !== "bpfeb",
      }),
    ]),
  );
}

/** One map of that name, or the test fails. */
export function pick(maps: ReadonlyMap<string, MapLayout>, name: string): MapLayout {
  const map = maps.get(name);
  if (!map) throw new Error(`no map ${name}`);
  return map;
}

export function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.replace(/\s/g, "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
