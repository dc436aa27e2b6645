/** One interface in full, as its page in the window tells it, and how often its programs run, counted over a second. */
import { setTimeout } from "node:timers/promises";
import type {
  Amount,
  Answer,
  AttachedInFull,
  InterfaceCounters,
  InterfaceDetails,
  Parameter,
} from "../../protocol/interface-details.ts";
import type { Place } from "../../protocol/interfaces.ts";
import { columns } from "./columns.ts";
import type { CommandContext, Paint } from "./command.ts";
import { visible } from "./visible.ts";

const countedMilliseconds = 1000;

export interface RunsNow {
  readonly id: number;
  readonly perSecond: number;
  /** null where it did not run */
  readonly nanosecondsPerRun: number | null;
  /** of one CPU: 1 is all of it */
  readonly cpu: number;
}

export interface InFull {
  readonly details: InterfaceDetails;
  /** only of programs whose runs the kernel counts, and with the privilege to see them */
  readonly runs: readonly RunsNow[];
}

/** @throws Failed what the helper throws where the interface went meanwhile */
export async function describeInFull(
  { handlers, token }: Pick<CommandContext, "handlers" | "token">,
  place: Place,
): Promise<InFull> {
  const context = { token };
  const details = await handlers["interfaces.describe"]({ place }, context);
  if (details.attached.length === 0) return { details, runs: [] };
  const before = await handlers["interfaces.counters"]({ place }, context);
  await setTimeout(countedMilliseconds);
  return { details, runs: runsBetween(before, await handlers["interfaces.counters"]({ place }, context)) };
}

export function runsBetween(before: InterfaceCounters, now: InterfaceCounters): readonly RunsNow[] {
  const seconds = (now.at - before.at) / 1000;
  return now.runs.flatMap(({ id, count, nanoseconds }) => {
    const old = before.runs.find((one) => one.id === id);
    if (old === undefined || seconds <= 0) return [];
    const runs = Number(BigInt(count) - BigInt(old.count));
    const time = Number(BigInt(nanoseconds) - BigInt(old.nanoseconds));
    return [
      { id, perSecond: runs / seconds, nanosecondsPerRun: runs === 0 ? null : time / runs, cpu: time / 1e9 / seconds },
    ];
  });
}

export function inFullText({ details, runs }: InFull, paint: Paint): string {
  return sections(details, runs)
    .filter(({ rows }) => rows.length > 0)
    .map(({ title, rows }) => `\n${paint.dim(title)}\n${columns(null, rows.map(indented))}`)
    .join("");
}

type Rows = readonly (readonly string[])[];

function sections(details: InterfaceDetails, runs: readonly RunsNow[]): readonly { title: string; rows: Rows }[] {
  return [
    { title: "driver (ethtool -i)", rows: driverRows(details) },
    { title: "link", rows: linkRows(details) },
    { title: "modes", rows: modeRows(details) },
    { title: "XDP features", rows: featureRows(details) },
    { title: "attached", rows: details.attached.flatMap((one) => attachedRows(one, runs)) },
    { title: "channels (ethtool -l)", rows: answered(details.channels, amounts) },
    {
      title: "rings (ethtool -g)",
      rows: answered(details.rings, ({ sizes, settings }) => [...amounts(sizes), ...parameters(settings)]),
    },
    {
      title: "offloads that matter to XDP (ethtool -k)",
      rows: answered(details.offloads, (all) =>
        all.flatMap(({ alias, on, fixed, why }) =>
          why === null ? [] : [[alias, `${on ? "on" : "off"}${fixed ? ", fixed" : ""}`, why]],
        ),
      ),
    },
    { title: "coalescing (ethtool -c)", rows: answered(details.coalescing, parameters) },
    {
      title: "statistics (ethtool -S), those of XDP first",
      rows: answered(details.statistics, (all) => all.map(({ name, value }) => [name, value])),
    },
    { title: "notes", rows: details.notes.map((note) => [note]) },
  ];
}

function driverRows({ driver }: InterfaceDetails): Rows {
  if (driver === null) return [["it tells no driver"]];
  const word = (yes: boolean): string => (yes ? "yes" : "no");
  return [
    ["driver", driver.driver],
    ["version", driver.version || "none"],
    ["firmware-version", driver.firmwareVersion || "none"],
    ["expansion-rom-version", driver.expansionRomVersion || "none"],
    ["bus-info", driver.busInfo || "none"],
    ["supports-statistics", word(driver.supportsStatistics)],
    ["supports-test", word(driver.supportsTest)],
    ["supports-eeprom-access", word(driver.supportsEepromAccess)],
    ["supports-register-dump", word(driver.supportsRegisterDump)],
    ["supports-priv-flags", word(driver.supportsPrivateFlags)],
  ];
}

function linkRows({ interface: { ifindex, mtu }, facts, link }: InterfaceDetails): Rows {
  const { type, carrier, minimumMtu, maximumMtu, peer } = facts;
  const range = maximumMtu === null ? "" : `, ${minimumMtu ?? 0} to ${maximumMtu}`;
  const speeds = answered(link, ({ speed, duplex }) => [
    ["speed", [speed === null ? "unknown" : `${speed} Mb/s`, ...(duplex === null ? [] : [duplex])].join(", ")],
  ]);
  return [
    ["ifindex", `${ifindex}`],
    ["type", type],
    ["MTU", `${mtu}${range}`],
    ["carrier", carrier === null ? "unknown" : carrier ? "yes" : "no"],
    ...speeds.map((row) => (row.length === 1 ? ["speed", ...row] : row)),
    ...(peer === null
      ? []
      : [["peer", `${peer.name}${peer.netns === null ? "" : ` in ${peer.netns}`}, MTU ${peer.mtu}`]]),
  ];
}

function modeRows({ modes }: InterfaceDetails): Rows {
  return modes.flatMap(({ mode, supported, why, needs }) => [
    [mode, supported === null ? "unknown" : supported ? "yes" : "no", why],
    ...needs.map((need) => ["", "", `takes: ${need}`]),
  ]);
}

function featureRows({ features, hint }: InterfaceDetails): Rows {
  const list = (names: readonly string[] | null): string =>
    names === null ? "this kernel does not tell" : names.join(" ") || "none";
  const asked = answered(features, ({ xdp, missing, zeroCopyMaxSegments, rxMetadata, txMetadata }) => [
    ["has", list(xdp)],
    ["has not", list(missing)],
    ...(zeroCopyMaxSegments === null ? [] : [["zero-copy segments", `${zeroCopyMaxSegments}`]]),
    ["receive metadata", list(rxMetadata)],
    ["transmit metadata", list(txMetadata)],
  ]);
  if (features.is === "known" || hint === null) return asked;
  const native = hint.native === null ? "no native XDP" : `native since ${hint.native}`;
  return [...asked, ["hint", `driver table: ${hint.label}: ${native}${hint.offload ? ", offloads" : ""}`]];
}

function attachedRows({ program, by, linkId, more }: AttachedInFull, runs: readonly RunsNow[]): Rows {
  const { id, name, mode, tag, jited } = program;
  const rows = [[mode, name || `program ${id}`, [`id ${id}`, ...(tag === "" ? [] : [`tag ${tag}`])].join(", ")]];
  if (more === null) return [...rows, ["", "", "the rest is seen with privilege only"]];
  const counted = runs.find((one) => one.id === id);
  return [
    ...rows,
    ["", "code", `${more.xlatedBytes} B of BPF, ${jited ? `${more.jitedBytes} B jited` : "not jited"}`],
    ["", "attached by", by === "link" ? `bpf_link ${linkId ?? "?"}` : (by ?? "unknown")],
    ["", "loaded", `${new Date(more.loadedAt).toISOString()} by ${more.user ?? `uid ${more.uid}`}`],
    ["", "maps", more.maps.map((map) => `${map.name} (id ${map.id})`).join(", ") || "none"],
    [
      "",
      "runs",
      mode === "hw" ? "not counted: the device runs it" : counted === undefined ? "not counted" : sayRuns(counted),
    ],
    ...(more.dispatcher?.programs ?? []).map(({ id: inner, name: called, priority, goesOnAfter }) => [
      "",
      "dispatches to",
      [
        called ?? "a program",
        ...(inner === null ? [] : [`id ${inner}`]),
        ...(priority === null ? [] : [`priority ${priority}`]),
        goesOnAfter.length === 0 ? "the last" : `goes on after ${goesOnAfter.join(", ")}`,
      ].join(", "),
    ]),
  ];
}

export function sayRuns({ perSecond, nanosecondsPerRun, cpu }: RunsNow): string {
  const share = cpu * 100;
  const percent = share > 0 && share < 0.01 ? "under 0.01" : share.toFixed(share === 0 ? 0 : share < 1 ? 2 : 1);
  const cost = nanosecondsPerRun === null ? "" : `, ${Math.round(nanosecondsPerRun)} ns a run`;
  return `${Math.round(perSecond)}/s${cost}, ${percent} % of a CPU`;
}

/** Not supported is said, never left out. */
function answered<T>(answer: Answer<T>, rows: (value: T) => Rows): Rows {
  if (answer.is === "known") {
    const known = rows(answer.value);
    return known.length === 0 ? [["none"]] : known;
  }
  return [[answer.is === "not-supported" ? answer.why : `could not be read: ${answer.why}`]];
}

function amounts(all: readonly Amount[]): Rows {
  const word = (value: number | null): string => (value === null ? "n/a" : `${value}`);
  return all.map(({ name, now, most }) => [
    name,
    now === null && most === null ? "n/a" : `${word(now)} of ${word(most)}`,
  ]);
}

function parameters(all: readonly Parameter[]): Rows {
  return all.map(({ name, value }) => [
    name,
    value === null ? "n/a" : typeof value === "number" ? `${value}` : value ? "on" : "off",
  ]);
}

const indented = (row: readonly string[]): readonly string[] =>
  row.map((cell, index) => `${index === 0 ? "  " : ""}${visible(cell)}`);

/** As the wire has it, in the spelling of the command line's JSON. */
export function inFullJson({ details: { interface: _interface, ...details }, runs }: InFull): unknown {
  return snake({ ...details, runs });
}

function snake(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snake);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snake(inner),
    ]),
  );
}
