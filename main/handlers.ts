/** Handlers for every method of the `workbench` contract. Each is one line to the room where the work is done. */
import type { workbench } from "../protocol/contracts.ts";
import type { Handlers } from "../protocol/peer.ts";
import type { RedirectsState } from "../protocol/redirects.ts";
import type { Attachments } from "./attach/attachments.ts";
import { attachEverywhere, attachInput } from "./attach/attach-input.ts";
import { detachAll } from "./attach/detach-all.ts";
import { detachPlace } from "./attach/detach-place.ts";
import type { Guards } from "./attach/guards/guards.ts";
import { findOurs } from "./attach/ours.ts";
import { planReload } from "./attach/plan-reload.ts";
import { fixTwin } from "./attach/preflight/fix-words.ts";
import { preflightPlaces } from "./attach/preflight/preflight.ts";
import { buildInput } from "./build/build-input.ts";
import type { LatestWins } from "./build/latest-wins.ts";
import type { CommandLog } from "./commands/command-log.ts";
import { attachAllTwin, confirmTwin, rollBackTwin } from "./commands/guard-twins.ts";
import * as twins from "./commands/twins.ts";
import type { HelperPool } from "./helpers/helper-pool.ts";
import { countInterface, describeInterface, listInterfaces, sampleInterface } from "./interfaces/list-interfaces.ts";
import { labStatus } from "./lab/lab-status.ts";
import type { Language } from "./language/open-language.ts";
import { deleteEntry } from "./maps/delete-entry.ts";
import { convertLegacyMaps } from "./legacy/convert-maps.ts";
import { listMaps } from "./maps/list-maps.ts";
import { backTwin, changeTwins } from "./maps/staged/change-twins.ts";
import type { Journals } from "./maps/staged/journal.ts";
import { openChanges } from "./maps/staged/open-changes.ts";
import { readTable } from "./maps/read-table.ts";
import { openMapFiles } from "./maps/transfer/open-map-files.ts";
import { type ManageOptions, manageMaps } from "./maps/manage-maps.ts";
import { setEntry } from "./maps/set-entry.ts";
import type { MapShapes } from "./rows/map-shapes.ts";
import type { OpenRows } from "./rows/open-rows.ts";
import { createWatches } from "./maps/watch-maps.ts";
import { packetsTwin } from "./packets/packets-twin.ts";
import { testPackets } from "./packets/test-packets.ts";
import { templatesRoot } from "./paths.ts";
import { attachPass } from "./redirects/attach-pass.ts";
import type { SettingsRoom } from "./settings/open-settings.ts";
import { findFlags } from "./flags/find-flags.ts";
import { findIncluders } from "./source/find-includers.ts";
import { listDirectory } from "./source/list-directory.ts";
import { readSource } from "./source/read-source.ts";
import { saveSource } from "./source/save-source.ts";
import { listTemplates } from "./templates/list-templates.ts";
import { createFromTemplate } from "./templates/create-from-template.ts";
import { openTemplate } from "./templates/open-template.ts";
import { verifyInput } from "./verify/verify-input.ts";
import { viewBuilt } from "./views/view-built.ts";
import { viewLoaded } from "./views/view-loaded.ts";
import { viewObject } from "./views/view-object.ts";
import type { Workspace } from "./workspace/open-workspace.ts";
import type { Walks } from "./verify/walks.ts";
import type { Notify } from "./notify.ts";
import { describeSession } from "./describe-session.ts";

/** What handlers lead to: rooms of all windows, and those of one. */
export interface Rooms {
  readonly guards: Guards;
  readonly journals: Journals;
  readonly watchInterfaces: () => Promise<void>;
  readonly redirects: { readonly watch: () => Promise<RedirectsState>; readonly unwatch: () => void };
  readonly notify: Notify;
  readonly helpers: HelperPool;
  readonly attachments: Attachments;
  readonly commands: CommandLog;
  readonly watches: ReturnType<typeof createWatches>;
  readonly rows: OpenRows;
  readonly shapes: MapShapes;
  readonly language: Language;
  readonly workspace: Workspace;
  readonly settings: SettingsRoom;
  readonly changes: ReturnType<typeof openChanges>;
  readonly clear: ManageOptions["clear"];
  readonly files: ReturnType<typeof openMapFiles>;
  readonly builds: LatestWins;
  readonly verdicts: LatestWins;
  readonly walks: Walks;
}

export function createHandlers({
  guards,
  journals,
  watchInterfaces,
  redirects,
  notify,
  helpers,
  attachments,
  commands,
  clear,
  watches,
  rows,
  shapes,
  language,
  workspace,
  settings,
  changes,
  files,
  builds,
  verdicts,
  walks,
}: Rooms): Handlers<typeof workbench> {
  return {
    "session.describe": () => describeSession(helpers, workspace.folder()),
    "session.unlock": async ({ what }) => {
      await helpers.elevated(what);
      return helpers.state();
    },
    "session.commands": async () => ({ commands: [...commands.all()] }),

    "settings.read": () => settings.state(),
    "settings.set": (patch) => settings.set(patch),
    "settings.edit": async () => ({ path: await settings.edit() }),

    "templates.list": async () => ({ templates: [...listTemplates(templatesRoot())] }),
    "templates.open": ({ id }) => openTemplate(templatesRoot(), workspace.folder(), id),
    "templates.create": (params) => createFromTemplate(templatesRoot(), params),
    "source.read": ({ path }) => readSource(path),
    "source.save": (params) => saveSource(params),
    "source.list": ({ path }) => listDirectory(path),

    "source.includers": async ({ header, sources }) => ({
      paths: [...(await findIncluders(header, sources, async (path) => (await findFlags(path)).words ?? []))],
    }),
    "source.convertLegacyMaps": async ({ text }) => convertLegacyMaps(text),

    "build.build": ({ input, pipeline }, { token }) =>
      builds(input.path, token, async (own) => {
        const { build } = await buildInput(helpers.plain, input, own, pipeline);
        // what was checked while somebody typed is not something that they did
        if (pipeline !== "one-step") commands.add(twins.buildTwin(input.path, build.stages), build.ok);
        return build;
      }),
    "verify.verify": ({ input, pipeline, logLimit, load }, { token }) =>
      verdicts(input.path, token, async (own) => {
        const verdict = await verifyInput(helpers, input, own, pipeline, {
          ...{ logLimit, keep: walks.keep, load },
          tell: (program, seconds) => notify("verify.judging", { path: input.path, program, seconds }),
        });
        if (pipeline !== "one-step")
          commands.add(twins.verifyTwin(input.path, verdict.build.stages, load), verdict.accepted);
        return verdict;
      }),
    "verify.walk": (params, { token }) => walks.walk(params, token),
    "verify.lines": async (params) => walks.lines(params),
    "verify.steps": async (params) => walks.steps(params),
    "verify.state": async (params) => walks.state(params),
    "verify.log": async (params) => walks.log(params),

    "views.built": (params, { token }) => viewBuilt(helpers, params, token),
    "views.loaded": (params, { token }) => viewLoaded(helpers, attachments, params, token),
    "views.object": ({ input }, { token }) => viewObject(helpers, input, token),

    ...workspace.handlers,
    ...language.handlers,

    "packets.test": async (params, { token }) => {
      const report = await testPackets(helpers, params, token);
      commands.add(packetsTwin(report, params.netns), report.failed === 0);
      return report;
    },

    "interfaces.list": () => listInterfaces(helpers),
    "interfaces.describe": async ({ place }) => {
      const details = await describeInterface(helpers, place);
      commands.addOnce(twins.describeTwin(place));
      return details;
    },
    "interfaces.counters": ({ place }) => countInterface(helpers, place),
    "interfaces.samples": ({ place, since }) => sampleInterface(helpers, place, since),
    "interfaces.probe": async (params) => {
      const peer = await helpers.elevated(`try ${params.mode} mode on ${params.place.name}`);
      return peer.request("interfaces.probe", params);
    },
    "interfaces.watch": async () => {
      await watchInterfaces();
      return {};
    },
    "attach.plan": (params, { token }) => planReload(helpers, attachments, params, token),
    "attach.attach": async (params, { token }) => {
      const { attachment, built } = await attachInput(helpers, attachments, params, token, (program, seconds) =>
        notify("verify.judging", { path: params.input.path, program, seconds }),
      );
      commands.add(twins.attachTwin(params.input.path, built.build.stages, attachment, params.load));
      return attachment;
    },
    "attach.attachAll": async (params, { token }) => {
      const { attached, built } = await attachEverywhere(helpers, attachments, params, token, (program, seconds) =>
        notify("verify.judging", { path: params.input.path, program, seconds }),
      );
      commands.add(attachAllTwin(params.input.path, built.build.stages, attached, params.load));
      return attached;
    },
    "attach.preflight": async (params, { token }) =>
      preflightPlaces({ helpers, attachments, confirmWithin: settings.now().confirmWithin }, params, token),
    "attach.fix": async (params) => {
      await (await helpers.elevated(`mend ${params.place.name}`)).request("attach.fix", params);
      commands.add(fixTwin(params));
      return {};
    },
    "attach.detach": async (params) => {
      const done = await detachPlace(helpers, attachments, params);
      commands.add(twins.detachTwin(done));
      return done;
    },

    "attach.detachAll": async () => {
      const done = await detachAll(await helpers.elevated("detach everything that is ours"), attachments);
      if (done.detached.length > 0) commands.add(twins.detachAllTwin(done.detached), done.failed.length === 0);
      return done;
    },
    "attach.ours": async () => ({ attachments: await findOurs(helpers, attachments) }),

    "guards.list": async () => {
      const list = await guards.list();
      journals.settled(list);
      return list;
    },
    "guards.confirm": async ({ guard }) => {
      const settled = await guards.confirm(guard);
      journals.settled({ guards: [settled] });
      commands.add(confirmTwin(settled), settled.state === "confirmed");
      return settled;
    },
    "guards.rollBack": async ({ guard }) => {
      const settled = await guards.rollBack(guard);
      journals.settled({ guards: [settled] });
      commands.add(rollBackTwin(settled), settled.state === "rolled-back");
      return settled;
    },
    "programs.list": async () => {
      const peer = await helpers.elevatedIfFree();
      if (peer === null) return { programs: [] };
      const listed = await peer.request("programs.list", {});
      attachments.prune(new Set(listed.programs.map((program) => program.id)));
      return listed;
    },
    "maps.list": async () => ({ maps: [...(await listMaps(helpers))] }),
    ...manageMaps({ helpers, shapes, did: commands.add, clear, poke: rows.poke }),
    ...rows.handlers,
    "maps.table": ({ id }, { token }) => readTable(helpers, attachments, id, token),
    "maps.watch": async ({ id }) => {
      const table = await watches.watch(id);
      commands.add(twins.openMapTwin(id, table.map.name));
      return table;
    },
    "maps.unwatch": async ({ id }) => {
      watches.unwatch(id);
      return {};
    },
    "maps.set": async (params) => {
      commands.add(await setEntry(helpers, attachments, params, shapes));
      watches.poke(params.id);
      rows.poke(params.id);
      return {};
    },
    ...changes,
    ...files,
    "maps.apply": async (params, context) => {
      const applied = await changes["maps.apply"](params, context);
      for (const twin of await changeTwins(helpers, params, applied)) commands.add(twin);
      watches.poke(params.id);
      rows.poke(params.id);
      return applied;
    },
    "maps.undo": async (params, context) => {
      const applied = await changes["maps.undo"](params, context);
      commands.add(backTwin("undo", params.journal));
      return applied;
    },
    "maps.redo": async (params, context) => {
      const applied = await changes["maps.redo"](params, context);
      commands.add(backTwin("redo", params.journal));
      return applied;
    },
    "maps.delete": async ({ id, key }) => {
      const { deleted, twin } = await deleteEntry(helpers, id, Buffer.from(key, "base64"));
      commands.add(twin, deleted);
      watches.poke(id);
      rows.poke(id);
      return { deleted };
    },

    "redirects.watch": async () => {
      const state = await redirects.watch();
      commands.addOnce(twins.redirectsTwin());
      return state;
    },
    "redirects.unwatch": async () => {
      redirects.unwatch();
      return {};
    },
    "redirects.attachPass": async ({ place }, { token }) => {
      const { attachment, built, path } = await attachPass(
        { helpers, attachments, confirmWithin: settings.now().confirmWithin },
        place,
        token,
      );
      commands.add(twins.attachTwin(path, built.build.stages, attachment));
      return attachment;
    },
    "lab.up": async (params, { token }) => {
      const status = await (await helpers.elevated("make the lab's network namespaces")).request(
        "lab.up",
        params,
        token,
      );
      commands.add(twins.labTwin("up", params.name, [status.box, ...status.hosts]));
      return status;
    },
    "lab.down": async (params, { token }) => {
      const status = await (await helpers.elevated("remove the lab")).request("lab.down", params, token);
      commands.add(twins.labTwin("down", params.name, [status.box, ...status.hosts]));
      return status;
    },
    "lab.status": ({ name }) => labStatus(helpers, name),
    "lab.traffic": async (params, { token }) => {
      const peer = await helpers.elevated("send test traffic in the lab");
      const sent = await peer.request("lab.traffic", params, token);
      const { ports } = await peer.request("lab.status", { name: params.name });
      const named = params.to.startsWith("port") ? params.to : `${params.name ?? "xdpw"}-${params.to}`;
      const target = ports.find((port) => port.interface === named || port.netns === named);
      commands.add(twins.trafficTwin(params, sent.netns ?? "", target?.ipv4.replace(/\/\d+$/, "") ?? params.to));
      return sent;
    },
  };
}
