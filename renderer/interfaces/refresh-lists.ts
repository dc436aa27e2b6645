/** Interfaces, programs and maps as the kernel has them now: after every action, on focus, and every two seconds while seen. */
import { Failed } from "../../protocol/failures.ts";
import type { NetworkInterface } from "../../protocol/interfaces.ts";
import type { App } from "../session/app.ts";
import { placeOfMap } from "../maps/map-owner.ts";
import { describePlace } from "./choose-place.ts";
import { placeKey, placeOf, samePlace } from "./places.ts";
import type { SessionState } from "../session/state.ts";
import { notify, notifyFailure } from "../session/notices.ts";

const everyMilliseconds = 2000;
let running: Promise<void> | null = null;

export function refreshLists(app: App): Promise<void> {
  running ??= refresh(app).finally(() => {
    running = null;
  });
  return running;
}

/** After an action: what is under way may have been asked before it. */
export async function refreshAfterAction(app: App): Promise<void> {
  await running;
  await refreshLists(app);
}

export function keepListsFresh(app: App): void {
  const now = (): void => {
    if (document.visibilityState === "visible" && app.store.get().connection.state === "open") void refreshLists(app);
  };
  addEventListener("focus", now);
  document.addEventListener("visibilitychange", now);
  setInterval(now, everyMilliseconds);
}

/** Without privilege only the workbench's own namespace is seen: what was seen with it stays until the helper is back. */
function isBlind({ helper, interfaces }: SessionState): boolean {
  return helper?.state !== "ready" && interfaces?.interfaces.some(({ netns }) => netns !== null) === true;
}

async function refresh(app: App): Promise<void> {
  if (isBlind(app.store.get())) return;
  const { helper } = app.store.get();
  const elevated = helper?.state === "ready";
  await Promise.all([
    take(app, "interfaces", async () => app.request("interfaces.list", {})),
    elevated
      ? take(app, "programs", async () =>
          (await app.request("programs.list", {})).programs.filter(({ type }) => type === "xdp"),
        )
      : undefined,
    elevated ? take(app, "maps", async () => (await app.request("maps.list", {})).maps) : undefined,
    elevated ? take(app, "lab", async () => app.request("lab.status", { name: null })) : undefined,
  ]);
  choosePlaceOfItself(app);
  placeMapTabs(app);
}

const failing = new Set<string>();

/** Sets a field where the answer is another one than before; tells a failure once. */
async function take<K extends "interfaces" | "programs" | "maps" | "lab">(
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
    if (first && app.store.get().connection.state === "open") notifyFailure(app, `list ${field}`, error);
  }
}

/** What is attached is in the list itself; the driver's answer depends on the rest. */
function needsAnotherLook(now: NetworkInterface, then: NetworkInterface | null): boolean {
  const told = ({ driver, mtu, up, features, modes }: NetworkInterface): string =>
    JSON.stringify([driver, mtu, up, features, modes]);
  return then !== null && told(now) !== told(then);
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

/** A new lab's port when nothing is chosen; nothing when the chosen one went away: Attach must never mean another one. */
function choosePlaceOfItself(app: App): void {
  const { interfaces, place, lab } = app.store.get();
  if (interfaces === null) return;
  if (place !== null) {
    const there = interfaces.interfaces.find((one) => samePlace(one, place));
    if (there === undefined) {
      app.store.set({ place: null, details: null });
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
