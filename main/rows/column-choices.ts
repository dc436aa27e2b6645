/** What may be meant in a column: interfaces where the number is meant, programs that an entry can run, ports of the program's own devmap. */
import type { RowsChoice } from "../../protocol/choices.ts";
import type { InterfaceListing, NetworkInterface } from "../../protocol/interfaces.ts";
import type { Attachments } from "../attach/attachments.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { sayNetns } from "../interfaces/find-interface.ts";
import { homeOfMap, isDevmap } from "../maps/devmap-names.ts";
import { isPort, portsOf } from "../maps/ports.ts";
import { fittingPrograms, sayProgram, tailTypes } from "../maps/entry-program.ts";
import type { ShapedMap } from "./shaped-map.ts";

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
  const own = layout.value.columns[column - layout.key.columns.length];
  if (own === undefined || !isPort(own)) return [];
  return (await portsOf(peer, map.id)).map(({ key, device, devmap, ifindex }) => ({
    value: `${key}`,
    about: `${device === null ? `ifindex ${ifindex}` : `${device.name} · ${sayDevice(device)}`} · ${devmap}`,
  }));
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
