/**
 * Tells that interfaces changed, of every namespace that can be entered: by rtnetlink where the kernel tells, by inotify
 * where namespaces get names, and by a slow look at what tells nobody (namespaces of processes, programs, maps, links).
 * At most four times a second, whatever happens: a namespace that has told of a change is deaf until its change has been
 * passed on, so that a flood costs four wake-ups a second and no more.
 */
import { existsSync, type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import type { InterfacesChange } from "../../protocol/interfaces.ts";
import type { Role } from "../arguments.ts";
import type { HelperContext } from "../context.ts";
import { hasCode, isKernelError } from "../failures.ts";
import type { Held } from "../ledger.ts";
import { namedNamespaces, namespacePath, processOf } from "../namespaces.ts";
import type { LinkWatch } from "../native/face.ts";
import { type NamespaceThere, namespacesThere } from "./namespaces-there.ts";

/** ms between two notifications, and from a change to its notification: what belongs together comes together */
const pause = 250;
const settle = 40;
const slowLook = 2_000;

export interface InterfaceWatch {
  /** once more does nothing */
  start(): void;
  stop(): void;
}

interface Watched extends NamespaceThere {
  /** the native watch's number; null where the namespace could not be entered: it is listed without being heard */
  readonly id: number | null;
}

type Context = Pick<HelperContext, "native" | "ledger" | "trouble" | "interfacesChanged">;

export function createInterfaceWatch(context: Context, role: Role): InterfaceWatch {
  let running: { readonly held: Held } | null = null;
  return {
    start() {
      if (running !== null) return;
      const end = run(context, role);
      const held = context.ledger.hold("watch of interfaces", end);
      running = { held };
    },
    stop() {
      running?.held.release();
      running = null;
    },
  };
}

/** Gives what ends it. */
function run({ native, trouble, interfacesChanged }: Context, role: Role): () => void {
  const watched = new Map<string, Watched>();
  const told = new Set<number>();
  let pending: { interfaces: boolean; programs: boolean } | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let last = -pause;

  const schedule = (change: InterfacesChange): void => {
    pending = {
      interfaces: change.interfaces || pending?.interfaces === true,
      programs: change.programs || pending?.programs === true,
    };
    timer ??= setTimeout(fire, Math.max(settle, last + pause - performance.now()));
  };
  const links: LinkWatch = native.watchLinks((id, what) => {
    if (what === "changed") told.add(id);
    else forget((one) => one.id === id);
    schedule({ interfaces: true, programs: false });
  });

  const forget = (gone: (one: Watched) => boolean): boolean => {
    const ended = [...watched].filter(([, one]) => gone(one));
    for (const [key, { id }] of ended) {
      watched.delete(key);
      if (id === null) continue;
      told.delete(id);
      links.remove(id);
    }
    return ended.length > 0;
  };
  const hear = (one: NamespaceThere): number | null => {
    try {
      return links.add(namespacePath(one.netns), one.netns === null ? null : processOf(one.netns));
    } catch (error) {
      // it ended this moment, or is somebody's whom we may not enter
      if (!isKernelError(error)) throw error;
      return null;
    }
  };
  /** Hears those that are there and no others; true where they are not those of before. */
  const follow = (): boolean => {
    const there = role === "plain" ? namespacesThere().there.slice(0, 1) : namespacesThere().there;
    const keys = new Set(there.map(keyOf));
    let changed = forget((one) => !keys.has(keyOf(one)));
    for (const one of there) {
      if (watched.has(keyOf(one))) continue;
      watched.set(keyOf(one), { ...one, id: hear(one) });
      changed = true;
    }
    return changed;
  };

  function fire(): void {
    timer = null;
    last = performance.now();
    try {
      follow();
      // heard again before anybody lists: what changes from here on is told anew
      for (const id of told) links.rearm(id);
      told.clear();
    } catch (error) {
      trouble(`hear of interfaces: ${error instanceof Error ? error.message : String(error)}`);
    }
    const change = pending ?? { interfaces: true, programs: false };
    pending = null;
    interfacesChanged(change);
  }

  let names: FSWatcher | null = null;
  const hearNames = (): void => {
    if (names !== null || role === "plain" || !existsSync(namedNamespaces)) return;
    try {
      names = watch(namedNamespaces, (_event, file) => {
        // our socket would keep a namespace alive that has lost its name, and its devices with it
        if (file !== null && !existsSync(join(namedNamespaces, file))) forget(({ netns }) => netns === file);
        schedule({ interfaces: true, programs: false });
      });
      names.on("error", () => {
        names?.close();
        names = null;
      });
    } catch (error) {
      // no inotify instance is left: the slow look finds them
      trouble(`watch ${namedNamespaces}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  const objects = (): string => {
    if (role === "plain") return "";
    try {
      return JSON.stringify([native.programIds(), native.mapIds(), native.linkIds()]);
    } catch (error) {
      if (hasCode(error, "EPERM")) return "";
      throw error;
    }
  };
  let before = objects();
  const look = (): void => {
    hearNames();
    const now = objects();
    const programs = now !== before;
    before = now;
    // an XDP link changes what is attached without a word of rtnetlink
    const interfaces = follow() || programs;
    if (interfaces) schedule({ interfaces, programs });
  };
  /** A look that fails, for want of descriptors say, is not the last: the helper does more than this. */
  const lookAgain = (): void => {
    try {
      look();
    } catch (error) {
      trouble(`look for interfaces: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  hearNames();
  follow();
  const looking = setInterval(lookAgain, slowLook);
  return () => {
    clearInterval(looking);
    if (timer !== null) clearTimeout(timer);
    names?.close();
    links.close();
  };
}

function keyOf({ netns, inode }: NamespaceThere): string {
  return `${netns ?? ""}:${inode}`;
}
