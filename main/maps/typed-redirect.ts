/** The value of a devmap's, cpumap's or program array's entry as it is typed: `eth1`, `ifindex=eth1,program=xdp_egress`, `id=42`, or JSON. */
import { fail } from "../../protocol/failures.ts";
import type { MapSummary } from "../../protocol/maps.ts";
import { isDevmap } from "./devmap-names.ts";
import { programKind } from "./entry-program.ts";

type RedirectMap = Pick<MapSummary, "id" | "name" | "type" | "valueSize">;

export interface TypedRedirect {
  /** interface or queue size; null where it is not given */
  readonly first: string | null;
  readonly program: string | null;
}

/** Null where it is all bytes (`0x…`), or the map is of another kind. @throws Failed `bad-value` */
export function readRedirect(map: RedirectMap, text: string): TypedRedirect | null {
  const kind = programKind(map);
  if (kind === null && !isDevmap(map.type)) return null;
  const given = text.trim();
  if (/^0x/i.test(given)) return null;
  if (kind === "prog_array") return { first: null, program: tailText(given) };
  const first = map.type === "cpumap" ? "qsize" : "ifindex";
  const fields = given.startsWith("{") ? ofJson(given) : ofPairs(given, first);
  if (fields === null) return null;
  const known = kind === null ? [first] : [first, "program"];
  for (const name of fields.keys()) {
    if (known.includes(name)) continue;
    const message = `map ${map.name} (id ${map.id}): value: there is no field ${JSON.stringify(name)}; there is ${known.join(", ")}`;
    return fail({ kind: "bad-value", field: name, message });
  }
  return { first: fields.get(first) ?? null, program: fields.get("program") ?? null };
}

/** As the table's layout takes it, names resolved; null leaves a field as it is. */
export function redirectJson(map: RedirectMap, { first, program }: TypedRedirect, isNew: boolean): string {
  if (programKind(map) === null) return first ?? "";
  if (programKind(map) === "prog_array") return program ?? "";
  const id = program ?? (isNew ? "0" : null);
  return JSON.stringify({
    ...(first === null ? {} : { [map.type === "cpumap" ? "qsize" : "ifindex"]: first }),
    ...(id === null ? {} : { bpf_prog: { id } }),
  });
}

/** `id=42`, `program=NAME` and the JSON of `xdpw map get` say the same as the program alone. */
function tailText(given: string): string {
  const named = /^(?:id|program|prog)\s*=\s*(.+)$/.exec(given)?.[1];
  if (named !== undefined) return named;
  return given.startsWith("{") ? (ofJson(given)?.get("id") ?? ofJson(given)?.get("program") ?? given) : given;
}

function ofPairs(given: string, first: string): Map<string, string> {
  if (!given.includes("=")) return new Map([[first, given]]);
  return new Map(
    given.split(",").map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? [pair.trim(), ""] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
}

/** null where it is no JSON: then the layout's parser says so */
function ofJson(given: string): Map<string, string> | null {
  let json: unknown;
  try {
    json = JSON.parse(given);
  } catch {
    return null;
  }
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(json as Record<string, unknown>)) {
    if (name === "bpf_prog" || name === "program") fields.set("program", programText(value));
    else if (typeof value === "string" || typeof value === "number") fields.set(name, `${value}`);
    else return null;
  }
  return fields;
}

/** as `xdpw map get --json` prints it, or as it is typed */
function programText(value: unknown): string {
  if (typeof value === "object" && value !== null && "id" in value) return programText(value.id);
  return typeof value === "string" || typeof value === "number" ? `${value}` : "none";
}
