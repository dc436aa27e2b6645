/** From numbers to what a person knows: interfaces by namespace and name, maps and programs by their names. */
import { Failed } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import type { RedirectCount, RedirectEnd } from "../../protocol/redirects.ts";
import { hasCode, isKernelError } from "../failures.ts";
import { findPeer } from "../interfaces/find-peer.ts";
import { type Link, linkAt } from "../interfaces/links.ts";
import { namespacesThere } from "../interfaces/namespaces-there.ts";
import { featuresOf } from "../interfaces/netdev.ts";
import { mapTypeName } from "../kernel-names.ts";
import { inNamespace } from "../namespaces.ts";
import type { NativeFace } from "../native/face.ts";
import { programInfo } from "../programs.ts";
import type { Row } from "./rows.ts";

type Target = NonNullable<RedirectCount["target"]>;
type Program = NonNullable<RedirectCount["program"]>;
type RedirectMap = Program["maps"][number];

/** those whose slots bpf_redirect_map() takes */
const redirectTypes = ["devmap", "devmap_hash", "cpumap", "xskmap"];

export interface Namer {
  name(rows: readonly Row[]): RedirectCount[];
}

/** Ids of programs and maps are not handed out again for a long time, and keep their names: asked for once. */
export function createNamer(native: NativeFace): Namer {
  const programs = new Map<number, Program>();
  const maps = new Map<number, RedirectMap | null>();
  let namespaces: ReadonlyMap<number, string | null> = new Map();

  /** null where it is gone: what was known before is kept */
  const mapOf = (id: number): RedirectMap | null => {
    const known = maps.get(id);
    if (known !== undefined) return known;
    const asked = ask(() => {
      const { name, type } = native.mapInfo(id);
      return { id, name, type: mapTypeName(type) };
    });
    maps.set(id, asked);
    return asked;
  };
  const programOf = (id: number): Program => {
    const known = programs.get(id);
    if (known !== undefined) return known;
    const info = ask(() => programInfo(native, id));
    const own = (info?.mapIds ?? []).flatMap((map) => mapOf(map) ?? []);
    const program = { id, name: info?.name ?? "", maps: own.filter(({ type }) => redirectTypes.includes(type)) };
    programs.set(id, program);
    return program;
  };
  const namespaceOf = (inode: number): string | null | undefined => namespaces.get(inode);
  const linkOf = (ifindex: number, inode: number): { readonly netns: string | null; readonly link: Link } | null => {
    const netns = namespaceOf(inode);
    if (netns === undefined || ifindex === 0) return null;
    const link = ask(() => inNamespace(native, netns, () => linkAt(native, ifindex)));
    return link === null ? null : { netns, link };
  };
  const endOf = (ifindex: number, namespace: number): RedirectEnd | null => {
    if (ifindex === 0) return null;
    const found = linkOf(ifindex, namespace);
    return { ifindex, namespace, place: found === null ? null : placeOf(found.netns, found.link) };
  };
  const targetOf = (row: Row): Target | null => {
    if (row.drops === 0n) return null;
    const [ifindex, inode] = row.tracepoint === "bulk_tx" ? [row.from, row.fromNamespace] : [row.to, row.toNamespace];
    const found = linkOf(ifindex, inode);
    if (found === null) return null;
    const { netns, link } = found;
    const features = ask(() => inNamespace(native, netns, () => featuresOf(native, ifindex)));
    const peer = ask(() => findPeer(native, netns, link));
    return {
      place: placeOf(netns, link),
      ...{ kind: link.kind, up: link.up, mtu: link.mtu },
      takesRedirects: features === null ? null : features.xdp.includes("ndo-xmit"),
      runsProgram: runsNative(link),
      peer: peer === null ? null : peerOf(peer),
    };
  };
  const peerOf = ({ netns, ifindex, name }: Place): Target["peer"] => {
    const link = ask(() => inNamespace(native, netns, () => linkAt(native, ifindex)));
    return { place: { netns, ifindex, name }, runsProgram: link !== null && runsNative(link) };
  };

  return {
    name(rows) {
      // looking for namespaces goes through all processes: only where there is one that was not there before
      const inodes = rows.flatMap(({ fromNamespace, toNamespace }) => [fromNamespace, toNamespace]);
      if (inodes.some((inode) => inode !== 0 && !reachable(native, namespaceOf(inode)))) {
        namespaces = new Map(namespacesThere().there.map(({ netns, inode }) => [inode, netns]));
      }
      return rows.map((row) => {
        const map = row.map === 0 ? null : mapOf(row.map);
        const slots = map !== null && (map.type === "cpumap" || map.type === "xskmap");
        return {
          ...{ key: row.key, tracepoint: row.tracepoint, action: row.action, errno: row.errno },
          from: endOf(row.from, row.fromNamespace),
          to: endOf(row.to, row.toNamespace),
          map:
            row.map === 0
              ? null
              : { ...(map ?? { id: row.map, name: "", type: "" }), slot: slots || map === null ? row.slot : null },
          program: row.program === 0 ? null : programOf(row.program),
          ...{ packets: row.packets.toString(), drops: row.drops.toString() },
          target: targetOf(row),
        };
      });
    },
  };
}

const runsNative = (link: Link): boolean => link.attached.some(({ mode }) => mode !== "skb");

function placeOf(netns: string | null, { ifindex, name }: Link): Place {
  return { netns, ifindex, name };
}

function reachable(native: NativeFace, netns: string | null | undefined): boolean {
  return netns !== undefined && ask(() => inNamespace(native, netns, () => true)) === true;
}

/** What is asked about may go away at any moment: then there is no answer. */
function ask<T>(question: () => T): T | null {
  try {
    return question();
  } catch (error) {
    if (error instanceof Failed || (isKernelError(error) && !hasCode(error, "EPERM"))) return null;
    throw error;
  }
}
