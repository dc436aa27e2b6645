/** xdpw map create, pin, unpin, freeze, clear, pop and has: the map itself, or what has no keys. */
import { fail } from "../../protocol/failures.ts";
import { creatableTypes, mapName, type NewMap } from "../../protocol/manage-maps.ts";
import { afterUnpin } from "../../protocol/map-holders.ts";
import * as twins from "../commands/map-twins.ts";
import { clearEntries } from "../maps/clear-entries.ts";
import { findMap } from "../maps/find-map.ts";
import { overview } from "../maps/manage-maps.ts";
import { eachPage } from "../maps/read-entries.ts";
import { mapFlagNumber } from "../object/map-flags.ts";
import { formatJson } from "../tables/format-value.ts";
import { parseValueText } from "../tables/parse-entry.ts";
import { wantedPlace } from "./choose-place.ts";
import { type Answer, type CommandContext, flagText, neededArgument, neededFlag } from "./command.ts";
import { changing } from "./confirm-change.ts";
import { mapJson } from "./json-shapes.ts";
import { openMap, typedBytes } from "./open-map.ts";
import { isQueue } from "../maps/check-readable.ts";

export async function runMapCreate(context: CommandContext): Promise<Answer> {
  const { typed, workbench, commands, paint } = context;
  const name = neededArgument(typed, 0);
  const wrong = (message: string): never => fail({ kind: "usage", message: `create map ${name}: ${message}` });
  if (!mapName.safeParse(name).success) {
    wrong('a name has at most 15 letters, digits, "_" and "."');
  }
  const number = (flag: string): number => {
    const text = neededFlag(typed, flag);
    return /^\d{1,10}$/.test(text) && Number(text) <= 0xffff_ffff
      ? Number(text)
      : wrong(`--${flag} ${text}: give a number of at most 32 bits`);
  };
  const type = creatableTypes.find((one) => one === neededFlag(typed, "type")) ?? wrong("no such type");
  const inner = flagText(typed, "inner");
  if ((inner !== null) !== type.endsWith("_of_maps")) {
    wrong(
      inner === null ? `a ${type} needs --inner MAP, a map like those that it will hold` : `a ${type} takes no --inner`,
    );
  }
  const peer = await workbench.helpers.elevated(`create map ${name}`);
  const map: NewMap = {
    ...{ type, name, keySize: number("key"), valueSize: number("value"), maxEntries: number("entries") },
    flags: (flagText(typed, "flags") ?? "")
      .split(",")
      .filter(Boolean)
      .reduce(
        (all, flag) => (all | (mapFlagNumber(flag) ?? wrong(`--flags: there is no ${flag}`))) >>> 0,
        type === "lpm_trie" ? 1 : 0,
      ),
    inner: inner === null ? null : await findMap(peer, inner, wantedPlace(typed)),
  };
  const pin = neededFlag(typed, "pin");
  const { id } = await peer.request("maps.create", { ...map, pin });
  commands(twins.createMapTwin(map, pin).lines);
  return {
    ok: true,
    text: `${paint.green("created")} map ${name} (id ${id}), pinned at ${pin}\n`,
    json: { value: { map: mapJson({ ...map, id, btfId: 0, btfKeyTypeId: 0, btfValueTypeId: 0 }), pin } },
  };
}

export async function runMapPin(context: CommandContext): Promise<Answer> {
  const { typed, commands, paint } = context;
  const map = await openMap(context, "pin");
  const path = neededArgument(typed, 1);
  const { id, name } = map.description.map;
  await map.peer.request("maps.pin", { id, path });
  commands(twins.pinMapTwin({ id, name }, path).lines);
  return {
    ok: true,
    text: `${paint.green("pinned")} ${map.called} at ${path}\n`,
    json: { value: { map: mapJson(map.description.map), pin: path } },
  };
}

export async function runMapUnpin(context: CommandContext): Promise<Answer> {
  const { typed, workbench, commands, paint } = context;
  const path = neededArgument(typed, 0);
  const peer = await workbench.helpers.elevated(`unpin ${path}`);
  const { id } = await peer.request("maps.pinned", { path });
  const map = (await overview(peer)).find((one) => one.id === id);
  if (map === undefined)
    return fail({ kind: "not-found", what: "map", name: `id ${id}`, message: `unpin ${path}: its map is gone` });
  const becomes = afterUnpin(map, path);
  const dry = typed.flags["dry-run"] === true;
  if (!dry) {
    await peer.request("maps.unpin", { id, path });
    commands(twins.unpinMapTwin(map, path).lines);
  }
  return {
    ok: true,
    text: dry
      ? `would unpin ${map.name} (id ${id}) from ${path}. ${becomes}\n`
      : `${paint.green("unpinned")} ${map.name} (id ${id}) from ${path}. ${becomes}\n`,
    json: { value: { map: mapJson(map), pin: path, dry_run: dry, stays: becomes.startsWith("The map stays") } },
  };
}

export async function runMapFreeze(context: CommandContext): Promise<Answer> {
  const { typed, commands, paint } = context;
  const map = await openMap(context, "freeze");
  const { id, name } = map.description.map;
  const dry = typed.flags["dry-run"] === true;
  if (!dry) {
    await map.peer.request("maps.freeze", { id });
    commands(twins.freezeMapTwin({ id, name }).lines);
  }
  const state = map.description.frozen ? "it is frozen already" : "no system call writes to it any more, for good";
  return {
    ok: true,
    text: dry ? `would freeze ${map.called}: ${state}\n` : `${paint.green("froze")} ${map.called}: ${state}\n`,
    json: { value: { map: mapJson(map.description.map), frozen: !dry || map.description.frozen, dry_run: dry } },
  };
}

export async function runMapClear(context: CommandContext): Promise<Answer> {
  const { typed, token, commands, paint } = context;
  const map = await openMap(context, "clear");
  const { id, name } = map.description.map;
  const dry = typed.flags["dry-run"] === true;
  if (dry) {
    const entries = isQueue(map.description.map) ? null : await eachPage(map.peer, map.description, token, () => true);
    const many = entries === null ? "all elements" : entries === 1 ? "1 entry" : `${entries} entries`;
    return {
      ok: true,
      text: `would clear ${map.called}: ${many}; nothing was written\n`,
      json: { value: { map: mapJson(map.description.map), cleared: entries, dry_run: true } },
    };
  }
  const { cleared, journal } = await clearEntries(changing(context), map.peer, id, token);
  commands(twins.clearMapTwin({ id, name }).lines);
  return {
    ok: true,
    text: `${paint.green("cleared")} ${map.called}: ${cleared} ${cleared === 1 ? "entry" : "entries"}${journal === null ? "" : `; to undo: xdpw map undo ${journal}`}\n`,
    json: { value: { map: mapJson(map.description.map), cleared, journal, dry_run: false } },
  };
}

/** What `map dump` shows of a queue or stack, taken out of it. */
export async function runMapPop(context: CommandContext): Promise<Answer> {
  const { commands } = context;
  const map = await openMap(context, "write");
  const { id, name } = map.description.map;
  const { value } = await map.peer.request("maps.take", { id });
  if (value === null) {
    return {
      ok: false,
      text: `${map.called} is empty\n`,
      json: { value: { map: mapJson(map.description.map), value: null } },
    };
  }
  commands(twins.takeTwin({ id, name }).lines);
  const shown = formatJson(map.layout.value, Buffer.from(value, "base64"));
  return {
    ok: true,
    text: `${typeof shown === "string" ? shown : JSON.stringify(shown)}\n`,
    json: { value: { map: mapJson(map.description.map), value: shown } },
  };
}

/** Of a bloom filter: no is certain, yes is likely. */
export async function runMapHas(context: CommandContext): Promise<Answer> {
  const { typed } = context;
  const map = await openMap(context, "read");
  const text = neededArgument(typed, 1);
  const value = typedBytes(map, parseValueText(map.layout, text, null));
  const { there } = await map.peer.request("maps.contains", {
    id: map.description.map.id,
    value: value.toString("base64"),
  });
  return {
    ok: there,
    text: there ? `${text} may have been put into ${map.called}\n` : `${text} was never put into ${map.called}\n`,
    json: { value: { map: mapJson(map.description.map), may_be_there: there } },
  };
}
