/**
 * What main may call of the helper's two instances. Builds are in the plain contract only: the elevated instance has no
 * method for them. The window's contract is another file: what a process does not serve, it does not load.
 */
import { type Contract, method, none, type Notifications } from "./contract.ts";
import * as z from "zod";
import {
  attachment,
  attachments,
  attachProgramParams,
  detachment,
  detachProgramParams,
  preparedAttachment,
  prepareParams,
} from "./attach.ts";
import { compiled, compileParams, toolchain } from "./build.ts";
import { guard, guardId, guardList, guardMapParams, guardParams, guardRows } from "./guard.ts";
import { interfaceCounters, interfaceDetails, interfaceSamples, interfaceSamplesParams } from "./interface-details.ts";
import { interfaceListing, interfacesChange, mode, modeProbe, place } from "./interfaces.ts";
import { entryProgram, entryProgramParams } from "./entry-programs.ts";
import * as changes from "./changes.ts";
import * as batches from "./map-batches.ts";
import { labParams, labStatus, traffic, trafficParams } from "./lab.ts";
import {
  mapDescription,
  mapFillParams,
  mapKeyParams,
  mapListed,
  mapPage,
  mapPageParams,
  mapPatchParams,
  mapUpdateParams,
} from "./maps.ts";
import { packetsRunParams, packetsRunResult } from "./packets.ts";
import * as manage from "./manage-maps.ts";
import { looked, lookParams } from "./place-facts.ts";
import { fix } from "./preflight.ts";
import { programListed } from "./programs.ts";
import { redirectCounts } from "./redirects.ts";
import { helperDescription } from "./session.ts";
import { judgement, judgeParams, xdpHelpers } from "./verify.ts";
import * as views from "./views.ts";
import { base64, id, path, u32 } from "./wire.ts";

export const plainHelper = {
  "toolchain.describe": method(none, toolchain),
  "build.compile": method(compileParams, compiled),
  /** machine code of the host as text; parses bytes only */
  "views.disassemble": method(views.disassembleParams, views.disassembled),
  /** without privilege: the own namespace, and of attached programs only what rtnetlink tells */
  "interfaces.list": method(none, interfaceListing),
  "interfaces.describe": method(z.strictObject({ place }), interfaceDetails),
  "interfaces.counters": method(z.strictObject({ place }), interfaceCounters),
  "interfaces.samples": method(interfaceSamplesParams, interfaceSamples),
  "attach.look": method(lookParams, looked),
  "interfaces.watch": method(none, none),
  "interfaces.unwatch": method(none, none),
} as const satisfies Contract;

export const elevatedHelper = {
  "helper.describe": method(none, helperDescription),
  "interfaces.list": method(none, interfaceListing),
  "interfaces.describe": method(z.strictObject({ place }), interfaceDetails),
  "interfaces.counters": method(z.strictObject({ place }), interfaceCounters),
  "interfaces.samples": method(interfaceSamplesParams, interfaceSamples),
  /** attaches a program that passes everything for a moment; refuses where anything is attached */
  "interfaces.probe": method(z.strictObject({ place, mode }), modeProbe),
  "interfaces.watch": method(none, none),
  "interfaces.unwatch": method(none, none),
  "programs.list": method(none, z.strictObject({ programs: z.array(programListed) })),
  "verify.judge": method(judgeParams, judgement),
  /** the helper functions that the verifier lets XDP programs call */
  "verify.helpers": method(none, xdpHelpers),
  /** a loaded program's code; and a program loaded for a look and closed again */
  "views.dump": method(z.strictObject({ id }), views.programDump),
  "views.load": method(judgeParams, views.programDump),
  "packets.run": method(packetsRunParams, packetsRunResult),
  /** what decides an attach, in every namespace; touches nothing */
  "attach.look": method(lookParams, looked),
  /** mends one thing by netlink, and tells of nothing that it changed besides */
  "attach.fix": method(fix, none),
  "attach.attach": method(attachProgramParams, attachment),
  /**
   * In two steps, for maps that are filled in between, for several places (all or none), and with a deadline: then a
   * guard attaches, and it alone decides
   */
  "attach.prepare": method(prepareParams, preparedAttachment),
  "attach.commit": method(z.strictObject({ prepared: id }), attachments),
  "attach.discard": method(z.strictObject({ prepared: id }), none),
  "attach.detach": method(detachProgramParams, detachment),
  /** of every guard of this machine, whoever started it; from then on changes come as guards.changed */
  "guards.list": method(none, guardList),
  "guards.confirm": method(guardParams, guard),
  "guards.rollBack": method(guardParams, guard),
  /** a guard for changes of a map: told what is there before, then watching until all are written, then waiting */
  "guards.holdMap": method(guardMapParams, z.strictObject({ guard: guardId })),
  "guards.holdRows": method(z.strictObject({ guard: guardId, rows: guardRows }), none),
  "guards.watchMap": method(z.strictObject({ guard: guardId, applied: z.boolean() }), guard),
  "maps.list": method(none, z.strictObject({ maps: z.array(mapListed) })),
  "maps.describe": method(z.strictObject({ id }), mapDescription),
  "maps.pinned": method(z.strictObject({ path }), z.strictObject({ id })),
  "maps.page": method(mapPageParams, mapPage),
  "maps.lookup": method(mapKeyParams, z.strictObject({ value: base64.nullable() })),
  "maps.update": method(mapUpdateParams, none),
  /** an entry of a devmap or cpumap with a program of an object: loaded, written, and kept alive by the entry */
  "maps.updateProgram": method(entryProgramParams, entryProgram),
  /** loaded and held until the helper ends, for an entry that is staged */
  "maps.loadProgram": method(entryProgramParams.pick({ load: true }), entryProgram),
  /** how many went in; the others found no place (a full map, an index beyond its end) */
  /** compared one by one with what main saw, and read back */
  "maps.change": method(changes.mapChangeParams, changes.mapChanged),
  "maps.fill": method(mapFillParams, z.strictObject({ filled: u32 })),
  "maps.patch": method(mapPatchParams, none),
  /** all entries, pages on their way while the kernel reads the next: several maps.next may be asked for at once */
  "maps.walk": method(batches.mapWalkParams, z.strictObject({ walk: id })),
  "maps.next": method(z.strictObject({ walk: id }), batches.mapWalkPage),
  "maps.endWalk": method(z.strictObject({ walk: id }), none),
  "maps.addBatch": method(batches.mapAddBatchParams, changes.mapChanged),
  "maps.match": method(batches.mapMatchParams, batches.mapMatch),
  "maps.delete": method(mapKeyParams, z.strictObject({ deleted: z.boolean() })),
  /** counts what the tracepoints of XDP tell until stop or the end of the connection; from zero if it was stopped */
  /** memory, frozen, and who holds each map: reads /proc and the BPF file system */
  "maps.uses": method(none, z.strictObject({ uses: z.array(manage.mapUse) })),
  "maps.create": method(manage.createMapParams, z.strictObject({ id })),
  "maps.pin": method(manage.pinMapParams, none),
  "maps.unpin": method(manage.pinMapParams, none),
  /** for good */
  "maps.freeze": method(z.strictObject({ id }), none),
  "maps.clear": method(z.strictObject({ id }), z.strictObject({ cleared: u32 })),
  /** what maps.create holds open is let go of */
  "maps.release": method(z.strictObject({ id }), none),
  /** of a queue or stack; it is gone from it then */
  "maps.take": method(z.strictObject({ id }), manage.taken),
  /** of a bloom filter */
  "maps.contains": method(z.strictObject({ id, value: base64 }), z.strictObject({ there: z.boolean() })),
  "redirects.start": method(none, none),
  "redirects.read": method(none, redirectCounts),
  "redirects.stop": method(none, none),
  "lab.up": method(labParams, labStatus),
  "lab.down": method(labParams, labStatus),
  "lab.status": method(labParams, labStatus),
  "lab.traffic": method(trafficParams, traffic),
} as const satisfies Contract;

export const helperNotifications = {
  /** long work tells how far it is */
  "lab.progress": z.strictObject({ text: z.string() }),
  "interfaces.changed": interfacesChange,
  "guards.changed": guardList,
} as const satisfies Notifications;
