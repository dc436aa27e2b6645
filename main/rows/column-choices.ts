/** What may be meant in a column: interfaces where the number is meant, programs that an entry can run, ports of the program's own devmap. */
import type { RowsChoice } from "../../protocol/choices.ts";
import type { InterfaceListing, NetworkInterface } from "../../protocol/interfaces.ts";
import type { Attachments } from "../attach/attachments.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { sayNetns } from "../interfaces/find-interface.ts";
import { homeOfMap, isDevmap } from "../maps/devmap-names.ts";
import { fittingPrograms, sayProgram, tailTypes } from "../maps/entry-program.ts";
import type { ShapedMap } from "./shaped-map.ts";

const portNames = /(^|[._])((tx|out|egress|oif)_?)?port$/i;
const mostPorts = 1024;

/** @param netns in which a devmap's entry is written */
export async function columnChoices(
  peer: ElevatedPeer,
  attachments: Attachments,
  { map, layout, face, programColumn }: ShapedMap,
  column: number,
  netns: string | null,
): Promise<RowsChoice[]> {
  const found = face.columns[column];
  if (found === undefined || found.from === "key") return [];
  if (column === programColumn) return programChoices(peer, attachments, map);
  if (isDevmap(map.type)) {
    return found.path === "ifindex" ? interfaceChoices(await peer.request("interfaces.list", {}), netns) : [];
  }
  if (found.shown === "ifindex") {
    const { netns: home } = await homeOfMap(peer, map.id);
    return interfaceChoices(await peer.request("interfaces.list", {}), home);
  }
  const { node } = layout.value.columns[column - layout.key.columns.length] ?? {};
  const isNumber = node?.kind === "field" && node.form.as === "integer" && !node.form.network && node.size <= 4;
  return isNumber && portNames.test(found.path) ? portChoices(peer, map.id) : [];
}

function interfaceChoices({ interfaces }: InterfaceListing, netns: string | null): RowsChoice[] {
  return interfaces
    .filter((device) => device.netns === netns)
    .map((device) => ({ value: device.name, about: sayDevice(device) }));
}

function sayDevice({ ifindex, driver, up, netns }: NetworkInterface): string {
  return [`ifindex ${ifindex}`, sayNetns(netns), driver ?? "", up ? "" : "down"]
    .filter((part) => part !== "")
    .join(" · ");
}

async function programChoices(
  peer: ElevatedPeer,
  attachments: Attachments,
  map: ShapedMap["map"],
): Promise<RowsChoice[]> {
  const fitting = await fittingPrograms(peer, attachments, map);
  const { programs } = await peer.request("programs.list", {});
  const isTail = map.type === "prog_array";
  const types = isTail ? tailTypes(programs, map.id) : new Set(["xdp"]);
  const names = new Map(programs.map(({ id, name }) => [id, name]));
  return [
    ...(isTail ? [] : [{ value: "none", about: "the entry runs no program" }]),
    ...fitting.map((name) => ({ value: name, about: "of the object that the map came with" })),
    ...programs
      .filter(({ type }) => types.size === 0 || types.has(type))
      .map(({ id, tag, type }) => ({
        value: sayProgram(id, names),
        about: `loaded${type === "xdp" ? "" : ` · ${type}`} · tag ${tag} · the kernel says whether it fits`,
      })),
  ];
}

/** Of a table whose numbers are keys of a devmap of the same program: the ports that have an interface. */
async function portChoices(peer: ElevatedPeer, id: number): Promise<RowsChoice[]> {
  const [{ programs }, { maps }] = await Promise.all([
    peer.request("programs.list", {}),
    peer.request("maps.list", {}),
  ]);
  const beside = new Set(programs.filter(({ mapIds }) => mapIds.includes(id)).flatMap(({ mapIds }) => mapIds));
  const [devmap, ...others] = maps.filter((map) => beside.has(map.id) && isDevmap(map.type));
  // which of several is meant, nobody says
  if (devmap === undefined || others.length > 0) return [];
  const [page, home, listing] = await Promise.all([
    peer.request("maps.page", { id: devmap.id, cursor: null, count: mostPorts }),
    homeOfMap(peer, devmap.id),
    peer.request("interfaces.list", {}),
  ]);
  const [keys, values] = [Buffer.from(page.keys, "base64"), Buffer.from(page.values, "base64")];
  const choices: RowsChoice[] = [];
  for (let entry = 0; entry < page.count; entry++) {
    const ifindex = values.readUInt32LE(entry * devmap.valueSize);
    if (ifindex === 0) continue;
    const device = listing.interfaces.find((one) => one.netns === home.netns && one.ifindex === ifindex);
    const about = device === undefined ? `ifindex ${ifindex}` : `${device.name} · ${sayDevice(device)}`;
    choices.push({ value: `${keys.readUInt32LE(entry * devmap.keySize)}`, about: `${about} · ${devmap.name}` });
  }
  return choices;
}
