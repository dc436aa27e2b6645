/**
 * What the renderer may call of main. A message is declared once, here or in helper-contracts.ts (what main may call of the
 * helper), as a schema; its types are inferred from it. Requests go one way; only notifications come back.
 */
import { type Contract, method, none, type Notifications } from "./contract.ts";
import * as z from "zod";
import {
  attachAllParams,
  attachment,
  attachments,
  attachParams,
  detachedAll,
  detachment,
  detachParams,
  ourAttachment,
} from "./attach.ts";
import { build, input, pipeline } from "./build.ts";
import { guard, guardList, guardParams } from "./guard.ts";
import { interfaceCounters, interfaceDetails, interfaceSamples, interfaceSamplesParams } from "./interface-details.ts";
import { interfaceListing, interfacesChange, mode, modeProbe, place } from "./interfaces.ts";
import * as changes from "./changes.ts";
import * as language from "./language.ts";
import * as mapFiles from "./map-files.ts";
import { convertLegacyMapsParams, legacyMaps } from "./legacy-maps.ts";
import { labParams, labStatus, traffic, trafficParams } from "./lab.ts";
import { entryParams, mapListed, table, tableChange } from "./maps.ts";
import { packetsReport, packetsTestParams } from "./packets.ts";
import * as manage from "./manage-maps.ts";
import { fix, preflight, preflightParams } from "./preflight.ts";
import { programListed } from "./programs.ts";
import { redirectsState } from "./redirects.ts";
import { reloadPlan, reloadPlanParams } from "./reload.ts";
import { command, helperState, session } from "./session.ts";
import { settingsPatch, settingsState } from "./settings.ts";
import {
  createdFromTemplate,
  createFromTemplateParams,
  directory,
  includersParams,
  saveParams,
  source,
  template,
  version,
} from "./source.ts";
import { judging, verdict, verifyParams } from "./verify.ts";
import * as views from "./views.ts";
import * as walk from "./walk.ts";
import { base64, id, path, u32 } from "./wire.ts";
import * as rows from "./rows.ts";
import * as tree from "./tree.ts";
import { rowsChoices, rowsChoicesParams } from "./choices.ts";
import * as workspace from "./workspace.ts";

export const workbench = {
  "session.describe": method(none, session),
  /** starts the elevated helper, asking the user where it must; `what` is what it is needed for */
  "session.unlock": method(z.strictObject({ what: z.string().max(200) }), helperState),
  "session.commands": method(none, z.strictObject({ commands: z.array(command) })),
  "settings.read": method(none, settingsState),
  /** writes these values into settings.json and leaves the others as they are */
  "settings.set": method(settingsPatch, settingsState),
  /** makes settings.json where there is none */
  "settings.edit": method(none, z.strictObject({ path })),
  "templates.list": method(none, z.strictObject({ templates: z.array(template) })),
  /** copies the template into the workspace, or finds the copy that is there, and reads its program */
  "templates.open": method(z.strictObject({ id: z.string().max(100) }), source),
  /** a copy in a new folder, with names of the user's */
  "templates.create": method(createFromTemplateParams, createdFromTemplate),
  "source.read": method(z.strictObject({ path }), source),
  "source.save": method(saveParams, z.strictObject({ version })),
  "source.list": method(z.strictObject({ path }), directory),
  /** which of these sources include that header, by their texts */
  "source.includers": method(includersParams, z.strictObject({ paths: z.array(path) })),
  /** what turns `struct bpf_map_def SEC("maps")` into BTF-defined maps; the text stays as it is */
  "source.convertLegacyMaps": method(convertLegacyMapsParams, legacyMaps),
  "workspace.describe": method(none, workspace.workspaceState),
  "workspace.open": method(workspace.openWorkspaceParams, workspace.workspaceState),
  /** create, rename and delete stay inside of the open workspace */
  "workspace.create": method(workspace.createEntryParams, none),
  "workspace.rename": method(workspace.renameEntryParams, none),
  "workspace.delete": method(workspace.deleteEntryParams, none),
  /** changes come as source.changed and workspace.changed */
  "workspace.watch": method(workspace.watchParams, none),
  "workspace.files": method(none, workspace.workspaceFiles),
  /** matches come as workspace.found while it runs */
  "workspace.search": method(workspace.searchParams, workspace.searchDone),
  "workspace.keepDraft": method(workspace.draft, none),
  "workspace.dropDraft": method(z.strictObject({ path }), none),
  "workspace.draft": method(z.strictObject({ path }), z.strictObject({ draft: workspace.draft.nullable() })),
  /** sources that have one, the latest typed first */
  "workspace.drafts": method(none, z.strictObject({ paths: z.array(path) })),
  /** a newer call for the same path cancels the older one of the same window; verify.verify too */
  "build.build": method(z.strictObject({ input, pipeline: pipeline.optional() }), build),
  /** attaches nothing and keeps nothing open; "one-step" is for while somebody types, and asks for no password */
  "verify.verify": method(verifyParams, verdict),
  /** has an accepted program verified once more, with every step told: then the other methods of its walk answer */
  "verify.walk": method(walk.walkParams, walk.walked),
  /** a walk folded by C line, its steps, what was known at one of them, and its text: see walk.ts */
  "verify.lines": method(walk.walkRangeParams, walk.walkLines),
  "verify.steps": method(walk.walkRangeParams, walk.walkSteps),
  "verify.state": method(walk.walkStateParams, walk.walkState),
  "verify.log": method(walk.walkLogParams, walk.walkLog),
  /** LLVM IR, assembly, and what the kernel makes of a program, with the place in C of each line */
  "views.built": method(views.builtCodeParams, views.code),
  "views.loaded": method(views.loadedCodeParams, views.code),
  "views.object": method(z.strictObject({ input }), views.objectTree),
  "language.open": method(language.openDocumentParams, language.documentState),
  "language.change": method(language.changeDocumentParams, language.documentState),
  "language.close": method(z.strictObject({ path }), none),
  /** clangd anew, at the user's wish */
  "language.restart": method(none, none),
  "language.completion": method(language.completionParams, language.completion),
  "language.resolve": method(language.resolveParams, language.documentation),
  "language.hover": method(language.placeParams, language.hover),
  "language.signature": method(language.placeParams, language.signatures),
  "language.definition": method(language.placeParams, language.places),
  "language.references": method(language.placeParams, language.places),
  "language.rename": method(language.renameParams, language.renamed),
  "language.symbols": method(z.strictObject({ path }), language.symbols),
  "language.format": method(language.formatParams, language.formatted),
  "language.actions": method(language.rangeParams, language.actions),
  "language.act": method(language.actParams, language.renamed),
  "language.hints": method(language.rangeParams, language.hints),
  "interfaces.list": method(none, interfaceListing),
  "interfaces.describe": method(z.strictObject({ place }), interfaceDetails),
  "interfaces.counters": method(z.strictObject({ place }), interfaceCounters),
  "interfaces.samples": method(interfaceSamplesParams, interfaceSamples),
  /** attaches a program that passes everything for a moment; refuses where anything is attached */
  "interfaces.probe": method(z.strictObject({ place, mode }), modeProbe),
  /** changes come as interfaces.changed until the connection ends */
  "interfaces.watch": method(none, none),
  /** runs the packets.json of a folder on the kernel, attached to nothing */
  "packets.test": method(packetsTestParams, packetsReport),
  /** what an attach would do with the running program's maps, and what can be set before the load; attaches nothing */
  "attach.plan": method(reloadPlanParams, reloadPlan),
  "attach.attach": method(attachParams, attachment),
  /** one load, several places: all of them or none */
  "attach.attachAll": method(attachAllParams, attachments),
  "attach.detach": method(detachParams, detachment),
  /** everything that is ours, in every namespace */
  "attach.detachAll": method(none, detachedAll),
  /** what of ours is attached, found anew after a restart */
  "attach.ours": method(none, z.strictObject({ attachments: z.array(ourAttachment) })),
  /** what stands in the way of an attach here; touches nothing */
  "attach.preflight": method(preflightParams, preflight),
  /** runs what a line of the preflight proposed */
  "attach.fix": method(fix, none),
  /** deadlines that run; changes come as guards.changed */
  "guards.list": method(none, guardList),
  "guards.confirm": method(guardParams, guard),
  "guards.rollBack": method(guardParams, guard),
  "programs.list": method(none, z.strictObject({ programs: z.array(programListed) })),
  "maps.list": method(none, z.strictObject({ maps: z.array(mapListed) })),
  /** with memory, pins, processes and whether frozen: slower than maps.list, for who looks at them */
  "maps.overview": method(none, z.strictObject({ maps: z.array(manage.mapShown) })),
  "maps.create": method(manage.createMapParams, z.strictObject({ id })),
  "maps.pin": method(manage.pinMapParams, none),
  "maps.unpin": method(manage.pinMapParams, none),
  /** for good */
  "maps.freeze": method(z.strictObject({ id }), none),
  "maps.clear": method(z.strictObject({ id }), manage.cleared),
  /** what maps.create holds open is let go of */
  "maps.release": method(z.strictObject({ id }), none),
  /** what may be put into a map of maps */
  "maps.inner": method(z.strictObject({ id }), manage.innerMaps),
  /** of a queue or stack; taken, it is gone from it */
  "maps.next": method(manage.nextParams, manage.nextElement),
  /** of a bloom filter */
  "maps.contains": method(manage.containsParams, z.strictObject({ there: z.boolean() })),
  "maps.table": method(z.strictObject({ id }), table),
  /** at most one watch a map and connection; changes come as maps.changed until unwatch or the end */
  "maps.watch": method(z.strictObject({ id }), table),
  "maps.unwatch": method(z.strictObject({ id }), none),
  /** a table of any length, one a map and connection: changes come as rows.changed, its end as maps.gone */
  "rows.open": method(rows.rowsOpenParams, rows.rowsOpened),
  "rows.close": method(z.strictObject({ id }), none),
  "rows.range": method(rows.rowsRangeParams, rows.rowsRange),
  "rows.arrange": method(rows.rowsArrangeParams, rows.rowsArranged),
  "rows.find": method(rows.rowsFindParams, rows.rowsFound),
  "rows.key": method(rows.rowsKeyParams, rows.rowsKeyFound),
  /** now, where `every` is left out; else how often from now on */
  "rows.read": method(rows.rowsReadParams, rows.rowsState),
  "rows.shape": method(rows.rowsShapeParams, rows.rowsOpened),
  /** how keys or values of a map are laid out, in C: compiled by clang, and kept for maps of its name */
  "rows.layout": method(rows.rowsLayoutParams, rows.rowsOpened),
  /** prefixes as a tree; while it is open, states carry it */
  "rows.tree": method(tree.rowsTreeParams, rows.rowsState),
  "rows.lines": method(tree.rowsLinesParams, tree.rowsLines),
  "rows.fold": method(tree.rowsFoldParams, rows.rowsState),
  /** unfolds what is above an entry, and says on which line it is; null where the filter hides it */
  "rows.reveal": method(tree.rowsRevealParams, z.strictObject({ line: u32.nullable(), state: rows.rowsState })),
  "rows.picture": method(tree.rowsPictureParams, tree.rowsPicture),
  /** asks the kernel which entry of an LPM trie answers for an address */
  "rows.match": method(tree.rowsMatchParams, tree.rowsMatched),
  /** what may be meant in a column: interfaces, programs, ports */
  "rows.choices": method(rowsChoicesParams, rowsChoices),
  "maps.set": method(entryParams, none),
  "maps.delete": method(z.strictObject({ id, key: base64 }), z.strictObject({ deleted: z.boolean() })),
  /** edits as a diff of what is there now; writes nothing */
  "maps.stage": method(changes.stageParams, changes.staged),
  /** compared with what the diff showed, written, read back; kept in a journal. Progress comes as maps.applying */
  "maps.apply": method(changes.applyParams, changes.applied),
  /** what was applied since this boot, of one map or of all, the latest first */
  "maps.journals": method(
    z.strictObject({ id: id.nullable() }),
    z.strictObject({ journals: z.array(changes.journalEntry) }),
  ),
  "maps.undo": method(z.strictObject({ journal: changes.journalId }), changes.applied),
  /** applies anew what was undone, and finishes what was interrupted */
  "maps.redo": method(z.strictObject({ journal: changes.journalId }), changes.applied),
  /** which rows of a journal are in the map right now */
  "maps.survey": method(z.strictObject({ journal: changes.journalId }), changes.survey),
  "maps.forget": method(z.strictObject({ journal: changes.journalId }), none),
  "maps.export": method(mapFiles.mapExportParams, mapFiles.mapExported),
  "maps.plan": method(mapFiles.mapPlanParams, mapFiles.mapPlan),
  "maps.plannedRows": method(mapFiles.plannedRowsParams, mapFiles.plannedRows),
  "maps.applyPlan": method(mapFiles.applyPlanParams, changes.applied),
  "maps.endPlan": method(z.strictObject({ plan: id }), none),
  /** counts while any window watches, and tells once a second as redirects.counted */
  "redirects.watch": method(none, redirectsState),
  "redirects.unwatch": method(none, none),
  /** the pass template, native, where nothing runs yet: what lets a veth's other end, or a NIC, take redirected packets */
  "redirects.attachPass": method(z.strictObject({ place }), attachment),
  "lab.up": method(labParams, labStatus),
  "lab.down": method(labParams, labStatus),
  "lab.status": method(labParams, labStatus),
  "lab.traffic": method(trafficParams, traffic),
} as const satisfies Contract;

export const workbenchNotifications = {
  "helper.changed": helperState,
  "command.added": command,
  "maps.changed": tableChange,
  "maps.applying": changes.applying,
  /** the map went away: its watch ended */
  "rows.changed": rows.rowsState,
  "maps.gone": z.strictObject({ id, why: z.string() }),
  "settings.changed": settingsState,
  /** of a verdict and of an attach */
  "verify.judging": judging,
  "source.changed": workspace.sourceChanged,
  "workspace.changed": workspace.folderChanged,
  "workspace.found": workspace.searchFound,
  "language.diagnostics": language.findings,
  "language.state": language.languageState,
  "interfaces.changed": interfacesChange,
  "guards.changed": guardList,
  "redirects.counted": redirectsState,
  /** the counting ended by itself */
  "redirects.gone": z.strictObject({ why: z.string() }),
  "lab.progress": z.strictObject({ text: z.string() }),
} as const satisfies Notifications;
