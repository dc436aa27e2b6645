/** Columns whose numbers are keys of a devmap of the same program, as `port` of a route: each stands for an interface. */
import type { NetworkInterface } from "../../protocol/interfaces.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import type { MapLayout } from "../tables/describe-map.ts";
import type { LayoutColumn } from "../tables/layout.ts";
import { homeOfMap, isDevmap } from "./devmap-names.ts";

const portNames = /(^|[._])((tx|out|egress|oif)_?)?port$/i;
const mostPorts = 1024;

export function isPort({ path, node }: LayoutColumn): boolean {
  const isNumber = node.kind === "field" && node.form.as === "integer" && !node.form.network && node.size <= 4;
  return isNumber && portNames.test(path);
}

export interface Port {
  /** of the devmap: what the column holds */
  readonly key: number;
  readonly ifindex: number;
  /** null where there is none of that number any more */
  readonly device: NetworkInterface | null;
  /** its name */
  readonly devmap: string;
}

/** Empty where the program has no devmap, or several: which is meant, nobody says. */
export async function portsOf(peer: ElevatedPeer, id: number): Promise<Port[]> {
  const [{ programs }, { maps }] = await Promise.all([
    peer.request("programs.list", {}),
    peer.request("maps.list", {}),
  ]);
  const beside = new Set(programs.filter(({ mapIds }) => mapIds.includes(id)).flatMap(({ mapIds }) => mapIds));
  const [devmap, ...others] = maps.filter((map) => beside.has(map.id) && isDevmap(map.type));
  if (devmap === undefined || others.length > 0) return [];
  const [page, home, listing] = await Promise.all([
    peer.request("maps.page", { id: devmap.id, cursor: null, count: mostPorts }),
    homeOfMap(peer, devmap.id),
    peer.request("interfaces.list", {}),
  ]);
  const [keys, values] = [Buffer.from(page.keys, "base64"), Buffer.from(page.values, "base64")];
  const ports: Port[] = [];
  for (let entry = 0; entry < page.count; entry++) {
    const ifindex = values.readUInt32LE(entry * devmap.valueSize);
    if (ifindex === 0) continue;
    const device = listing.interfaces.find((one) => one.netns === home.netns && one.ifindex === ifindex) ?? null;
    ports.push({ key: keys.readUInt32LE(entry * devmap.keySize), ifindex, device, devmap: devmap.name });
  }
  return ports;
}

/** The layout with ports that may be typed as the names of their interfaces; several keys of one interface: the first. */
export async function withPortNames(peer: ElevatedPeer, id: number, layout: MapLayout): Promise<MapLayout> {
  const { value } = layout;
  if (isDevmap(layout.type) || !value.columns.some(isPort)) return layout;
  const ports = await portsOf(peer, id);
  const words = ports.flatMap(({ key, device }) =>
    device === null ? [] : [{ name: device.name, value: BigInt(key) }],
  );
  const columns = value.columns.map((column): LayoutColumn => {
    const { node } = column;
    if (!isPort(column) || node.kind !== "field" || node.form.as !== "integer") return column;
    return { ...column, node: { ...node, form: { ...node.form, words } } };
  });
  return { ...layout, value: { ...value, columns } };
}
