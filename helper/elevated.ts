/** What the instance that runs as root serves: the kernel's side. No method of it builds anything. */
import type { elevatedHelper } from "../protocol/helper-contracts.ts";
import type { Handlers } from "../protocol/peer.ts";
import { attach } from "./attach/attach.ts";
import { detach } from "./attach/detach.ts";
import { createPreparations } from "./attach/prepare.ts";
import { unpinUnlessAttached } from "./attach/unpin-unless-attached.ts";
import { changeMap } from "./change-map.ts";
import { clearMap } from "./clear-map.ts";
import type { HelperContext } from "./context.ts";
import { createGuards } from "./guard/guards.ts";
import { countInterface } from "./interfaces/counters.ts";
import { describeInterface } from "./interfaces/describe.ts";
import { listInterfaces } from "./interfaces/list.ts";
import { probeMode } from "./interfaces/probe.ts";
import { createSampling } from "./interfaces/sampling.ts";
import { createInterfaceWatch } from "./interfaces/watch.ts";
import { createLabs } from "./lab/lab.ts";
import { sendTraffic } from "./lab/traffic.ts";
import { createKeptPrograms } from "./kept-programs.ts";
import { createMapManager } from "./manage-maps.ts";
import { createBatchAdder, matchInMap } from "./map-batches.ts";
import { createMapHandles } from "./map-handles.ts";
import { createMapUses } from "./map-uses.ts";
import { createMapWalks } from "./map-walks.ts";
import { fillMap, patchMap } from "./fill-map.ts";
import {
  containsInMap,
  createMapLister,
  deleteFromMap,
  describeMap,
  lookupInMap,
  pageMap,
  pinnedMap,
  takeFromMap,
} from "./maps.ts";
import { runPackets } from "./packets.ts";
import { look } from "./preflight/look.ts";
import { runFix } from "./preflight/run-fix.ts";
import { listPrograms } from "./programs.ts";
import { createRedirectCounter } from "./redirects/count-redirects.ts";
import { createRunStatistics } from "./run-statistics.ts";
import { loadEntryProgram, setEntryProgram, updateMap } from "./update-map.ts";
import { judge } from "./verify.ts";
import { dump } from "./views/dump.ts";
import { loadForLook } from "./views/load.ts";

export function elevatedHandlers(context: HelperContext): Handlers<typeof elevatedHelper> {
  const { native } = context;
  const maps = { native, handles: createMapHandles(context) };
  const walks = createMapWalks(maps);
  const addBatch = createBatchAdder(maps);
  const labs = createLabs(context);
  const runs = createRunStatistics(context);
  const sampling = createSampling(context, "elevated", runs);
  const redirects = createRedirectCounter(context);
  const interfaces = createInterfaceWatch(context, "elevated");
  const guards = createGuards(context);
  const preparations = createPreparations(context, guards);
  const lister = createMapLister(native);
  const kept = createKeptPrograms(context);
  const manager = createMapManager({ ...maps, ledger: context.ledger });
  const mapUses = createMapUses(native, lister, manager.isHeld);
  return {
    "helper.describe": async () => ({
      pid: process.pid,
      uid: process.getuid?.() ?? 0,
      capabilities: native.capabilities(),
      libbpf: native.libbpfVersion,
    }),
    "interfaces.list": () => listInterfaces(context, "elevated"),
    "interfaces.describe": ({ place }) => describeInterface(context, "elevated", place),
    "interfaces.counters": async ({ place }) => countInterface(context, "elevated", runs, place),
    "interfaces.samples": async ({ place, since }) => sampling.take(place, since),
    "interfaces.probe": ({ place, mode }) => probeMode(context, place, mode),
    "interfaces.watch": async () => {
      interfaces.start();
      return {};
    },
    "interfaces.unwatch": async () => {
      interfaces.stop();
      return {};
    },
    "programs.list": async () => ({ programs: listPrograms(native) }),
    "verify.judge": (params, { token }) => judge(context, params, token),
    "verify.helpers": async () => native.xdpHelpers(),
    "views.dump": ({ id }) => dump(context, id),
    "views.load": (params, { token }) => loadForLook(context, params, token),
    "packets.run": (params, { token }) => runPackets(context, params, token),
    "attach.look": (params) => look(context, "elevated", params),
    "attach.fix": async (params) => {
      runFix(context, params);
      return {};
    },
    "attach.attach": (params, { token }) => attach(context, guards, params, token),
    "attach.prepare": (params, { token }) => preparations.prepare(params, token),
    "attach.commit": ({ prepared }, { token }) => preparations.commit(prepared, token),
    "attach.discard": async ({ prepared }) => {
      preparations.discard(prepared);
      return {};
    },
    "attach.detach": (params) => detach(context, guards, params),
    "guards.list": () => guards.list(),
    "guards.confirm": async ({ guard }) => {
      const settled = await guards.settle(guard, "guard.confirm");
      await unpinUnlessAttached(
        context,
        settled.targets.flatMap(({ previous }) => previous?.id ?? []),
      );
      return settled;
    },
    "guards.holdMap": (params) => guards.holdMap(params),
    "guards.holdRows": async ({ guard, rows }) => {
      await guards.holdRows(guard, rows);
      return {};
    },
    "guards.watchMap": ({ guard, applied }) => guards.watchMap(guard, applied ? "guard.applied" : "guard.watchMap"),
    "guards.rollBack": ({ guard }) => guards.settle(guard, "guard.rollBack"),
    "maps.list": async () => ({ maps: lister.list() }),
    "maps.describe": ({ id }) => describeMap(maps, id),
    "maps.pinned": async ({ path }) => pinnedMap(native, path),
    "maps.page": (params) => pageMap(maps, params),
    "maps.lookup": (params) => lookupInMap(maps, params),
    "maps.update": (params) => updateMap(maps, params),
    "maps.updateProgram": (params, { token }) => setEntryProgram({ ...maps, ledger: context.ledger }, params, token),
    "maps.loadProgram": (params, { token }) => loadEntryProgram(context, kept, params, token),
    "maps.change": (params) => changeMap(maps, kept, params),
    "maps.fill": (params) => fillMap(maps, params),
    "maps.patch": (params) => patchMap(maps, params),
    "maps.walk": async (params) => walks.start(params),
    "maps.next": ({ walk }) => walks.next(walk),
    "maps.endWalk": async ({ walk }) => {
      walks.end(walk);
      return {};
    },
    "maps.addBatch": (params) => addBatch(params),
    "maps.match": (params) => matchInMap(maps, params),
    "maps.delete": (params) => deleteFromMap(maps, params),
    "maps.uses": async () => ({ uses: await mapUses() }),
    "maps.create": async (params) => manager.create(params),
    "maps.pin": async (params) => {
      manager.pin(params);
      return {};
    },
    "maps.unpin": async (params) => {
      manager.unpin(params);
      return {};
    },
    "maps.freeze": async ({ id }) => {
      await manager.freeze(id);
      return {};
    },
    "maps.clear": (params, { token }) => clearMap(maps, params, token),
    "maps.release": async ({ id }) => {
      manager.release(id);
      return {};
    },
    "maps.take": (params) => takeFromMap(maps, params),
    "maps.contains": (params) => containsInMap(maps, params),
    "redirects.start": async () => {
      await redirects.start();
      return {};
    },
    "redirects.read": () => redirects.read(),
    "redirects.stop": async () => {
      await redirects.stop();
      return {};
    },
    "lab.up": ({ name }, { token }) => labs.up(name, token),
    "lab.down": ({ name }, { token }) => labs.down(name, token),
    "lab.status": ({ name }) => labs.status(name),
    "lab.traffic": (params, { token }) => sendTraffic(context, params, token),
  };
}
