/**
 * What the user would lose with an interface: the default route of the workbench's own namespace, or a live SSH
 * connection. A bridge's port, a VLAN's device and a veth's other end carry what rests on them.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Place } from "../../protocol/interfaces.ts";
import type { NativeFace } from "../native/face.ts";
import { defaultRoutes, deviceTowards } from "../netlink/routes.ts";
import { type Link, linksOf } from "../interfaces/links.ts";
import { addressText, tcpConnections } from "./tcp-connections.ts";

const sshPort = 22;

interface Cargo {
  readonly ifindex: number;
  readonly what: string;
}

export interface OwnNetwork {
  /** in words; empty for an interface that may be lost */
  carries(place: Place, peer: { readonly netns: string | null; readonly ifindex: number } | null): string[];
}

/** @param ssh the far end of the user's own connection, to tell it from others */
export function lookAtOwnNetwork(native: NativeFace, ssh: string | null): OwnNetwork {
  const cargo = [...routesAsCargo(native), ...connectionsAsCargo(native, ssh)];
  const links = cargo.length === 0 ? [] : linksOf(native, null);
  return {
    carries(place, peer) {
      // a device of another namespace matters where it is the other end of one of ours
      const end = place.netns === null ? place.ifindex : peer?.netns === null ? peer.ifindex : null;
      if (end === null) return [];
      const nameOf = (wanted: number): string =>
        links.find((link) => link.ifindex === wanted)?.name ?? `ifindex ${wanted}`;
      return cargo.flatMap(({ ifindex, what }) => {
        if (!restsOn(links, ifindex, end)) return [];
        const ways = [
          ...(place.netns === null ? [] : [`its other end ${nameOf(end)}`]),
          ...(ifindex === end ? [] : [nameOf(ifindex)]),
        ];
        return [[what, ...ways.map((way) => `by way of ${way}`)].join(", ")];
      });
    },
  };
}

function routesAsCargo(native: NativeFace): Cargo[] {
  const routes = defaultRoutes(native);
  return [...new Set(routes.map(({ ifindex }) => ifindex))].map((ifindex) => {
    const families = routes.filter((route) => route.ifindex === ifindex).map(({ family }) => family);
    return { ifindex, what: `the default route (${families.join(" and ")})` };
  });
}

function connectionsAsCargo(native: NativeFace, ssh: string | null): Cargo[] {
  const connections = tcpConnections().map((one) => ({ ...one, from: addressText(one.remote) }));
  const known = (one: { readonly localPort: number; readonly from: string }): boolean =>
    one.localPort === sshPort || one.from === ssh;
  // it looks at every process: only where a connection may be of a server on another port
  const servers = connections.every(known) ? new Set<string>() : socketsOfServers();
  const found = new Map<string, Cargo>();
  for (const one of connections) {
    const { remote, inode, from } = one;
    if (!known(one) && !servers.has(inode)) continue;
    const ifindex = found.get(from)?.ifindex ?? deviceTowards(native, remote);
    if (ifindex === null) continue;
    found.set(from, { ifindex, what: `${from === ssh ? "your" : "an"} SSH connection from ${from}` });
  }
  return [...found.values()];
}

/** Inodes of the sockets of SSH servers on any port; of other users' only where we may look. */
function socketsOfServers(): Set<string> {
  const sockets = new Set<string>();
  for (const pid of listed("/proc")) {
    if (!/^\d+$/.test(pid) || !/^(sshd|dropbear)/.test(read(`/proc/${pid}/comm`))) continue;
    for (const fd of listed(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkAtPath(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) sockets.add(inode);
    }
  }
  return sockets;
}

/** Whether what goes through `upper` goes through `lower`: itself, its ports, and what it is made on. */
export function restsOn(
  links: readonly Pick<Link, "ifindex" | "master" | "lower" | "lowerNetnsid" | "kind">[],
  upper: number,
  lower: number,
): boolean {
  const seen = new Set<number>();
  const pending = [upper];
  for (let now = pending.pop(); now !== undefined; now = pending.pop()) {
    if (now === lower) return true;
    if (seen.has(now)) continue;
    seen.add(now);
    const own = links.find((link) => link.ifindex === now);
    // a veth's other end in the same namespace carries it too
    if (own !== undefined && own.lower !== null && own.lowerNetnsid === null) pending.push(own.lower);
    pending.push(...links.filter(({ master }) => master === now).map(({ ifindex }) => ifindex));
  }
  return false;
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function linkAtPath(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
