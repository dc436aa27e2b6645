/** Sample plans for the fake workbench: maps of every fate, variables that were written to, and what can be set. */
import { fail } from "../../protocol/failures.ts";
import type { AttachedProgram } from "../../protocol/interfaces.ts";
import type { MapListed, Table } from "../../protocol/maps.ts";
import type { GlobalVariable, LoadOptions, MapOutcome, MapPlan, ReloadPlan } from "../../protocol/reload.ts";

export const statsMap: MapPlan = {
  name: "xdp_stats_map",
  type: "array",
  running: { id: 41, entries: 4, maxEntries: 5 },
  maxEntries: 5,
  choices: ["keep", "empty"],
  why: "key and value are the same types",
  fields: [],
  examples: [],
};
export const backends: MapPlan = {
  name: "backends",
  type: "hash",
  running: { id: 45, entries: 122, maxEntries: 256 },
  maxEntries: 120,
  choices: ["carry", "empty"],
  why: "struct backend has other fields: what has the same name is carried over",
  fields: [
    { path: "addr", what: "same", was: "__be32", becomes: "__be32" },
    { path: "weight", what: "converted", was: "__u16", becomes: "__u32" },
    { path: "mac", what: "new", was: "", becomes: "__u8[6]" },
    { path: "flags", what: "gone", was: "__u32", becomes: "" },
    { path: "state", what: "unlike", was: "struct old_state", becomes: "__u64" },
  ],
  examples: [
    { key: "10", was: "addr 192.0.2.1, weight 7, flags 1", becomes: "addr 192.0.2.1, weight 7, mac 00:00:00:00:00:00" },
    { key: "11", was: "addr 192.0.2.9, weight 9, flags 0", becomes: "addr 192.0.2.9, weight 9, mac 00:00:00:00:00:00" },
  ],
};
export const flows: MapPlan = {
  name: "flows",
  type: "hash",
  running: { id: 44, entries: 23_456, maxEntries: 65_536 },
  maxEntries: 65_536,
  choices: ["empty"],
  why: "its key is another type: struct flow_key has 16 bytes in place of 12",
  fields: [],
  examples: [],
};
/** sections are told as maps, and are not shown as such */
export const bss: MapPlan = {
  ...statsMap,
  ...{ name: ".bss", running: { id: 48, entries: 1, maxEntries: 1 }, maxEntries: 1 },
  ...{ choices: ["empty", "keep", "carry"], why: "its variables start as the object declares them" },
};
export const fresh: MapPlan = {
  name: "drops",
  type: "percpu_array",
  running: null,
  maxEntries: 5,
  choices: ["empty"],
  why: "a new map",
  fields: [],
  examples: [],
};

function variable(name: string, section: string, more: Partial<GlobalVariable>): GlobalVariable {
  return {
    ...{ section, name, type: "__u32", bytes: 4, value: "0", running: null },
    ...{ hint: "0 to 4294967295", choices: null, readOnly: null, ...more },
  };
}
export const globals: readonly GlobalVariable[] = [
  variable("port", ".rodata", { type: "__u16", value: "443", hint: "0 to 65535" }),
  variable("verdict", ".rodata", {
    ...{ type: "enum xdp_action", value: "XDP_PASS", hint: "one of the names, or a number" },
    choices: ["XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT"],
  }),
  variable("build", ".rodata", { value: "7", readOnly: "const without volatile: declare it const volatile to set it" }),
  variable("burst", ".data", { value: "64" }),
  variable("seen", ".bss", { type: "__u64", hint: "0 to 18446744073709551615" }),
];

/** What the tests turn: null for a plan that has nothing worth asking about. */
export interface ReloadKnobs {
  maps: readonly MapPlan[];
  gone: ReloadPlan["gone"];
  /** of variables, by name */
  running: Readonly<Record<string, string>>;
  /** of the last attach */
  loaded: LoadOptions | null;
  /** with what the last verdict was asked for */
  verified: LoadOptions | null;
  lost: number;
}
export const nothingToKeep = (): ReloadKnobs => ({
  maps: [],
  gone: [],
  running: {},
  loaded: null,
  verified: null,
  lost: 0,
});

export function planOf(
  knobs: ReloadKnobs,
  replaces: AttachedProgram | null,
  load: LoadOptions | undefined,
): ReloadPlan {
  for (const { name, value } of load?.globals ?? []) {
    const known = globals.find((one) => one.name === name);
    if (known === undefined) {
      fail({ kind: "bad-value", message: `global ${name}: the source has no such variable`, field: name });
    }
    if (!/^\d+$/.test(value) && known?.choices?.includes(value) !== true) {
      fail({ kind: "bad-value", message: `${name}: “${value}” is not a number; give ${known?.hint}`, field: name });
    }
  }
  return {
    program: "xdp_count",
    replaces,
    foreign: replaces !== null && replaces.id < 200,
    maps: [...(replaces === null ? [{ ...statsMap, running: null, choices: ["empty" as const] }] : knobs.maps)],
    gone: replaces === null ? [] : [...knobs.gone],
    globals: globals.map((one) => ({
      ...one,
      running: replaces === null ? null : (knobs.running[one.name] ?? one.value),
    })),
  };
}

export function outcomesOf(knobs: ReloadKnobs, load: LoadOptions | undefined): MapOutcome[] {
  return (load?.maps ?? []).map(({ name, fate }) => {
    const entries = knobs.maps.find((map) => map.name === name)?.running?.entries ?? 0;
    const lost = fate === "carry" ? knobs.lost : 0;
    return { name, fate, entries: entries - lost, lost };
  });
}

/** Sections of variables, as their maps are listed and shown. */
function variableTable(id: number, section: string, readOnly: string | null): Table {
  const of = globals.filter((one) => one.section === section);
  const map = {
    ...{ id, name: `xdp_coun${section}`, type: "array", keySize: 4, valueSize: 8, maxEntries: 1, flags: 0 },
    ...{ btfId: 9, btfKeyTypeId: 0, btfValueTypeId: 2 },
  };
  return {
    map,
    columns: [
      { path: "key", from: "key", type: "__u32", align: "number", hint: "0 to 4294967295", choices: null },
      ...of.map(({ name, type, hint, choices }) => ({
        ...{ path: name, from: "value" as const, type, hint, choices, align: "number" as const },
      })),
    ],
    rows: [{ key: "AAAAAA==", cells: ["0", ...of.map(({ value }) => value)], label: null, cpus: null }],
    ...{ total: 1, readOnly, resizable: false },
  };
}
export function variableTables(): readonly (readonly [number, Table])[] {
  return [
    [46, variableTable(46, ".rodata", "is frozen: constants are set before the load")],
    [47, variableTable(47, ".data", null)],
    [48, variableTable(48, ".bss", null)],
  ];
}
export const variableMaps: readonly MapListed[] = variableTables().map(([, { map }]) => ({ ...map, programs: [] }));
