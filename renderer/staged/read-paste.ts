/**
 * What was pasted, as rows of cells: a block of a spreadsheet (tabs, or commas and quotes), or lines of `ip route` and
 * `bridge fdb`, whose words go to the columns that they mean. Columns are those of the table; what is not named is null.
 */
import type { Column } from "../../protocol/maps.ts";

export interface Pasted {
  readonly rows: readonly { readonly line: number; readonly cells: readonly (string | null)[] }[];
  /** lines that are no rows, with why */
  readonly wrong: readonly { readonly line: number; readonly message: string }[];
}

/** `from`: the column that the block begins in, by index. */
export function readPaste(text: string, columns: readonly Column[], from: number): Pasted {
  const lines = text
    .replace(/^\uFEFF/, "")
    .replace(/\r\n?/g, "\n")
    .replace(/\n+$/, "")
    .split("\n");
  const told = lines.map((line, index) => ({ line: index + 1, words: wordsOf(line) }));
  const routes = told.map(({ line, words }) => ({ line, fields: readRoute(words) ?? readNeighbour(words) }));
  if (columns.length > 1 && routes.length > 0 && routes.every(({ fields }) => fields !== null)) {
    return byMeaning(routes, columns);
  }
  const rows: { line: number; cells: (string | null)[] }[] = [];
  const wrong: { line: number; message: string }[] = [];
  for (const [index, line] of lines.entries()) {
    const cells = line.includes("\t") ? line.split("\t") : splitCommas(line);
    if (from + cells.length > columns.length) {
      const room = columns.length - from;
      wrong.push({
        line: index + 1,
        message: `${cells.length} columns, and there ${room === 1 ? "is 1" : `are ${room}`} from ${columns[from]?.path ?? "here"} on`,
      });
      continue;
    }
    rows.push({ line: index + 1, cells: columns.map((_, at) => cells[at - from]?.trim() ?? null) });
  }
  return { rows, wrong };
}

function wordsOf(line: string): readonly string[] {
  return line.trim().split(/\s+/);
}

/** RFC 4180, one line: quotes hold commas. A line without commas is one cell. */
function splitCommas(line: string): readonly string[] {
  const cells: string[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/gy;
  for (;;) {
    const match = pattern.exec(line);
    if (match === null) return [line];
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (pattern.lastIndex >= line.length) {
      if (line.endsWith(",")) cells.push("");
      return cells;
    }
  }
}

type Meaning = "destination" | "gateway" | "device" | "metric" | "mac" | "vlan" | "source";
type Fields = ReadonlyMap<Meaning, string>;

const routeWords: Readonly<Record<string, Meaning>> = {
  via: "gateway",
  dev: "device",
  metric: "metric",
  src: "source",
  lladdr: "mac",
  vlan: "vlan",
};
/** words of `ip route` that say nothing here, with how many words they take along */
const passedOver: Readonly<Record<string, number>> = {
  proto: 1,
  scope: 1,
  table: 1,
  pref: 1,
  mtu: 1,
  expires: 1,
  type: 1,
  master: 1,
  nhid: 1,
  realm: 1,
  advmss: 1,
  hoplimit: 1,
  dead: 0,
  offload: 0,
  trap: 0,
  onlink: 0,
  linkdown: 0,
  self: 0,
  permanent: 0,
  static: 0,
  REACHABLE: 0,
  STALE: 0,
  PERMANENT: 0,
  NOARP: 0,
  inet6: 0,
};

/** `10.0.0.0/8 via 192.0.2.1 dev eth1 metric 100`, see ip-route(8); the address families' default is a prefix of length 0. */
function readRoute(words: readonly string[]): Fields | null {
  const [first = "", ...rest] = words;
  const isPrefix =
    /^(\d+(\.\d+){3}|[0-9a-f:]*:[0-9a-f:.]*)(\/\d+)?$/i.test(first) && !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(first);
  if ((!isPrefix && first !== "default") || rest.length === 0) return null;
  const fields = readPairs(rest);
  if (fields === null) return null;
  const six = [...fields.values()].some((value) => value.includes(":"));
  const destination = first === "default" ? (six ? "::/0" : "0.0.0.0/0") : first;
  return new Map([["destination", destination], ...fields]);
}

/** `02:fc:00:00:00:09 dev port0 vlan 1 self`, see bridge(8) */
function readNeighbour(words: readonly string[]): Fields | null {
  const [first = "", ...rest] = words;
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(first)) return null;
  const fields = readPairs(rest);
  return fields === null || fields.size === 0 ? null : new Map([["mac", first], ...fields]);
}

function readPairs(words: readonly string[]): Map<Meaning, string> | null {
  const fields = new Map<Meaning, string>();
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const meaning = routeWords[word];
    const value = words[at + 1];
    if (meaning !== undefined && value !== undefined) {
      fields.set(meaning, value);
      at += 1;
    } else if (passedOver[word] !== undefined) at += passedOver[word];
    else return null;
  }
  return fields;
}

const names: Readonly<Record<Meaning, RegExp>> = {
  destination: /prefix|dest|dst|addr|network|^key$/i,
  gateway: /gateway|next_?hop|^via$|^gw$|^hop$/i,
  device: /if_?(index|idx)|port|dev|iface|interface|[io]if|(^|[._])\w*_if$/i,
  metric: /metric|priority|weight/i,
  mac: /mac|lladdr|ether|^key$/i,
  vlan: /vlan|vid/i,
  source: /src|source/i,
};

function byMeaning(
  lines: readonly { readonly line: number; readonly fields: Fields | null }[],
  columns: readonly Column[],
): Pasted {
  const rows: { line: number; cells: (string | null)[] }[] = [];
  const wrong: { line: number; message: string }[] = [];
  for (const { line, fields } of lines) {
    if (fields === null) continue;
    const row = columns.map((): string | null => null);
    for (const [meaning, value] of fields) {
      const isKey = meaning === "destination" || (meaning === "mac" && !fields.has("destination"));
      const at = columns.findIndex(
        ({ path, from, hint }, index) =>
          row[index] === null &&
          (!isKey || from === "key") &&
          names[meaning].test(path) &&
          // `nexthop_if` is no address of a gateway, and the `src` of a route no MAC
          (meaning !== "gateway" || !names.device.test(path)) &&
          ((meaning !== "gateway" && meaning !== "source") || !/\bMAC\b/.test(hint)),
      );
      if (at >= 0) row[at] = value;
      else if (isKey) wrong.push({ line, message: `no key column of this map takes ${value}` });
    }
    // a route without a gateway: its network is on the link
    const gateway = columns.findIndex(
      ({ path, hint }) => names.gateway.test(path) && !names.device.test(path) && /\bIPv[46] address\b/.test(hint),
    );
    if (fields.has("destination") && !fields.has("gateway") && gateway >= 0 && row[gateway] === null) {
      row[gateway] = /IPv6/.test(columns[gateway]?.hint ?? "") ? "::" : "0.0.0.0";
    }
    if (wrong.at(-1)?.line !== line) rows.push({ line, cells: row });
  }
  return { rows, wrong };
}
