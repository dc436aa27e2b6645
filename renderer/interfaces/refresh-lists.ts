/**
 * Interfaces, programs and maps as the kernel has them now: after every action, on focus, and when main tells that they
 * changed; every two seconds only where it cannot tell.
 */
import { Failed } from "../../protocol/failures.ts";
import type { InterfaceListing, InterfacesChange, NetworkInterface } from "../../protocol/interfaces.ts";
import type { App } from "../session/app.ts";
import { placeOfMap } from "../maps/map-owner.ts";
import { describePlace } from "./choose-place.ts";
import { placeKey, placeOf, sameDevice, samePlace } from "./places.ts";
import type { SessionState } from "../session/state.ts";
import { notify, notifyFailure } from "../session/notices.ts";

const everyMilliseconds = 2000;
const everything: InterfacesChange = { interfaces: true, programs: true };
let running: Promise<void> | null = null;
/** what changed while a list was under way, which may have been asked before it */
let waiting: InterfacesChange | null = null;
/** main tells of changes */
let told = false;
/** something changed while nobody looked */
let stale = false;

export function refreshLists(app: App, what: InterfacesChange = everything): Promise<void> {
  running ??= refresh(app, what).finally(() => {
    running = null;
  });
  return running;
}

/** After an action or a change: what is under way may have been asked before it. */
export async function refreshAfterAction(app: App, what: InterfacesChange = everything): Promise<void> {
  if (running === null) return refreshLists(app, what);
  waiting = {
    interfaces: what.interfaces || waiting?.interfaces === true,
    programs: what.programs || waiting?.programs === true,
  };
  await running;
  const wanted = waiting;
  waiting = null;
  await (wanted === null ? running : refreshLists(app, wanted));
}

/** Asks main to tell of changes; where it cannot, the lists are asked for every two seconds. */
export async function watchInterfaces(app: App): Promise<void> {
  told = false;
  try {
    await app.request("interfaces.watch", {});
    told = true;
  } catch {
    // the interval goes on
  }
}

export function hearInterfaces(app: App, change: InterfacesChange): void {
  app.store.set({ interfacesHeard: app.store.get().interfacesHeard + 1 });
  if (document.visibilityState === "visible") void refreshAfterAction(app, change);
  else stale = true;
}

export function keepListsFresh(app: App): void {
  const now = (): void => {
    if (document.visibilityState !== "visible" || app.store.get().connection.state !== "open") return;
    stale = false;
    void refreshLists(app);
  };
  addEventListener("focus", now);
  document.addEventListener("visibilitychange", now);
  setInterval(() => {
    if (!told || stale) now();
  }, everyMilliseconds);
}

/** Without privilege only the workbench's own namespace is seen: what was seen with it stays until the helper is back. */
function isBlind({ helper, interfaces }: SessionState): boolean {
  return helper?.state !== "ready" && interfaces?.interfaces.some(({ netns }) => netns !== null) === true;
}

async function refresh(app: App, what: InterfacesChange): Promise<void> {
  if (isBlind(app.store.get())) return;
  const { helper } = app.store.get();
  const elevated = helper?.state === "ready";
  const before = app.store.get().interfaces;
  await Promise.all([
    what.interfaces ? take(app, "interfaces", async () => app.request("interfaces.list", {})) : undefined,
    elevated && what.programs
      ? take(app, "programs", async () =>
          (await app.request("programs.list", {})).programs.filter(({ type }) => type === "xdp"),
        )
      : undefined,
    elevated && (what.programs || what.interfaces)
      ? take(app, "ours", async () => (await app.request("attach.ours", {})).attachments)
      : undefined,
    elevated && what.programs ? take(app, "maps", async () => (await app.request("maps.list", {})).maps) : undefined,
    elevated && what.interfaces ? take(app, "lab", async () => app.request("lab.status", { name: null })) : undefined,
  ]);
  followRename(app, before);
  dropMissing(app);
  choosePlaceOfItself(app);
  placeMapTabs(app);
}

const failing = new Set<string>();

/** Sets a field where the answer is another one than before; tells a failure once. */
async function take<K extends "interfaces" | "programs" | "maps" | "lab" | "ours">(
  app: App,
  field: K,
  ask: () => Promise<NonNullable<SessionState[K]>>,
): Promise<void> {
  try {
    const answer = await ask();
    failing.delete(field);
    // The helper may have ended in between.
    if (field === "interfaces" && isBlind(app.store.get())) return;
    if (JSON.stringify(answer) !== JSON.stringify(app.store.get()[field])) app.store.set({ [field]: answer });
  } catch (error) {
    // A banner says so, with what to do.
    if (error instanceof Failed && error.failure.kind === "helper-gone") return;
    const first = !failing.has(field);
    failing.add(field);
    if (first && app.store.get().connection.state === "open")
      notifyFailure(app, field === "ours" ? "list what is attached" : `list ${field}`, error);
  }
}

/** What is attached is in the list itself; the driver's answer depends on the rest. */
function needsAnotherLook(now: NetworkInterface, then: NetworkInterface | null): boolean {
  const told = ({ driver, mtu, up, features, modes }: NetworkInterface): string =>
    JSON.stringify([driver, mtu, up, features, modes]);
  return then !== null && told(now) !== told(then);
}

/** The chosen interface got another name: it is still the one that was chosen. */
function followRename(app: App, before: InterfaceListing | null): void {
  const { place, interfaces } = app.store.get();
  const was = place === null ? undefined : before?.interfaces.find((one) => samePlace(one, place));
  if (was === undefined || interfaces === null) return;
  const now = sameDevice(interfaces.interfaces, was);
  if (now === null || samePlace(now, was)) return;
  app.store.set({ place: placeOf(now), details: null });
  notify(app, { kind: "info", title: `${was.name} is called ${now.name} now` });
  void describePlace(app, false);
}

/** Tabs of maps that were opened before their program was listed. */
function placeMapTabs(app: App): void {
  const { mapTabs, maps, interfaces } = app.store.get();
  if (mapTabs.every(({ place }) => place !== null)) return;
  const tabs = mapTabs.map((tab) => {
    const map = maps?.find(({ id }) => id === tab.id);
    if (tab.place !== null || map === undefined) return tab;
    return { ...tab, place: placeOfMap(map, interfaces?.interfaces ?? []) };
  });
  if (tabs.some(({ place }, index) => place !== mapTabs[index]?.place)) app.store.set({ mapTabs: tabs });
}

/** keys of lab ports that were there before: they are not chosen again by themselves */
const offered = new Set<string>();

/** Those that were chosen beside it and are gone are left out, and said. */
function dropMissing(app: App): void {
  const { interfaces, alsoPlaces } = app.store.get();
  if (interfaces === null || alsoPlaces.length === 0) return;
  const there = alsoPlaces.filter((place) => interfaces.interfaces.some((one) => samePlace(one, place)));
  if (there.length === alsoPlaces.length) return;
  const gone = alsoPlaces.filter((place) => !there.includes(place)).map(({ name }) => name);
  app.store.set({ alsoPlaces: there });
  notify(app, { kind: "info", title: `${gone.join(", ")} went away, and is no longer meant by the next attach` });
}

/** A new lab's port when nothing is chosen; nothing when the chosen one went away: Attach must never mean another one. */
function choosePlaceOfItself(app: App): void {
  const { interfaces, place, lab } = app.store.get();
  if (interfaces === null) return;
  if (place !== null) {
    const there = interfaces.interfaces.find((one) => samePlace(one, place));
    if (there === undefined) {
      app.store.set({ place: null, alsoPlaces: [], details: null });
      const wentWithLab = lab !== null && lab.state !== "up" && place.netns === lab.box;
      if (!wentWithLab) notify(app, { kind: "info", title: `${place.name} went away: no interface is chosen now` });
    } else if (needsAnotherLook(there, app.store.get().details?.interface ?? null)) void describePlace(app, false);
  }
  const port = interfaces.interfaces.find(
    ({ netns, name }) => lab !== null && lab.state === "up" && netns === lab.box && name === "port0",
  );
  if (port === undefined || offered.has(placeKey(port))) return;
  offered.add(placeKey(port));
  if (place !== null) return;
  app.store.set({ place: placeOf(port), details: null });
  void describePlace(app, false);
}
