/**
 * Read this first. The workbench is what the three doors (Electron, browser, command line) open on to: one set of
 * helpers, one log of commands, one memory of what we attached; and for each window or run a session with handlers for
 * every method of the `workbench` contract (handlers.ts).
 */
import type { workbench } from "../protocol/contracts.ts";
import { Failed } from "../protocol/failures.ts";
import type { InterfacesChange } from "../protocol/interfaces.ts";
import type { Handlers } from "../protocol/peer.ts";
import { openAttachments, type Attachments } from "./attach/attachments.ts";
import { createWindowDoor, detachOnExit } from "./attach/detach-on-exit.ts";
import { createGuards } from "./attach/guards/guards.ts";
import { createLatestWins } from "./build/latest-wins.ts";
import { type CommandLog, createCommandLog } from "./commands/command-log.ts";
import type { Asking } from "./helpers/elevation.ts";
import { createHelperPool, type HelperPool } from "./helpers/helper-pool.ts";
import { createInterfaceWatches } from "./interfaces/watch-interfaces.ts";
import { type Language, openLanguage } from "./language/open-language.ts";
import type { Changing } from "./maps/staged/apply-changes.ts";
import { type Journals, openJournals } from "./maps/staged/journal.ts";
import { clearEntries } from "./maps/clear-entries.ts";
import { openChanges } from "./maps/staged/open-changes.ts";
import { createFileThreads, type FileThreads } from "./maps/transfer/threads/file-threads.ts";
import { openMapFiles } from "./maps/transfer/open-map-files.ts";
import { type MapShapes, openMapShapes } from "./rows/map-shapes.ts";
import { openRows } from "./rows/open-rows.ts";
import { createRowsThreads } from "./rows/rows-threads.ts";
import { createWatches } from "./maps/watch-maps.ts";
import { cacheDirectory, configDirectory, dataHome, stateDirectory, workspaceDirectory } from "./paths.ts";
import { createRedirectWatches, type RedirectListener } from "./redirects/watch-redirects.ts";
import { openSettings } from "./settings/open-settings.ts";
import { openWorkspace } from "./workspace/open-workspace.ts";
import { createWalks } from "./verify/walks.ts";
import { createHandlers } from "./handlers.ts";
import type { Notify } from "./notify.ts";

export interface Workbench {
  readonly helpers: HelperPool;
  readonly attachments: Attachments;
  readonly commands: CommandLog;
  /** what the user chose for maps of a name */
  readonly shapes: MapShapes;
  readonly journals: Journals;
  /** what large files of maps are read and written on */
  readonly files: FileThreads;
  /** one window, or one run of the command line */
  connect(notify: Notify): WorkbenchSession;
  /** said by the doors that windows come through: the setting detachOnExit is theirs */
  openForWindows(): void;
  close(): Promise<void>;
}

export interface WorkbenchSession {
  readonly handlers: Handlers<typeof workbench>;
  end(): void;
}

export function createWorkbench(asking: Asking): Workbench {
  const listeners = new Set<Notify>();
  const everybody: Notify = (notification, params) => {
    for (const notify of listeners) notify(notification, params);
  };
  const languages = new Set<Language>();
  const interfaces = createInterfaceWatches(() => helpers);
  const redirects = createRedirectWatches(() => helpers);
  const helpers: HelperPool = createHelperPool({
    asking,
    interfacesChanged: interfaces.tell,
    guardsChanged: (list) => guards.changed(list),
    changed(state) {
      everybody("helper.changed", state);
      if (state.state === "ready" || state.state === "gone") interfaces.helperChanged();
      guards.helperChanged();
      if (state.state === "ready") for (const language of languages) language.probe();
    },
    progress: (text) => everybody("lab.progress", { text }),
  });
  const door = createWindowDoor(stateDirectory());
  const shapes = openMapShapes(stateDirectory);
  const threads = createRowsThreads();
  const files = createFileThreads();
  const attachments = openAttachments(stateDirectory(), () => (door.isOpen ? "window" : "command"));
  const guards = createGuards({
    ...{ helpers: () => helpers, attachments },
    tell: (list) => {
      journals.settled(list);
      everybody("guards.changed", list);
    },
  });
  const journals = openJournals(stateDirectory);
  const settings = openSettings(configDirectory, (state) => everybody("settings.changed", state));
  const commands = createCommandLog((command) => everybody("command.added", command));
  return {
    helpers,
    attachments,
    commands,
    shapes,
    journals,
    files,
    connect(notify) {
      listeners.add(notify);
      const watches = createWatches(helpers, attachments, notify);
      const rows = openRows({ helpers, attachments, notify, shapes, threads, opened: commands.add });
      const changing: Changing = {
        helpers,
        attachments,
        journals,
        shapes,
        tell: (progress) => notify("maps.applying", progress),
      };
      const redirectsListener: RedirectListener = {
        counted: (state) => notify("redirects.counted", state),
        gone: (why) => notify("redirects.gone", { why }),
      };
      const interfacesChanged = (change: InterfacesChange): void => notify("interfaces.changed", change);
      const language = openLanguage({
        findings: (findings) => notify("language.diagnostics", findings),
        state: (state) => notify("language.state", state),
        // asks nobody for leave, and starts nothing
        askKernel: async () =>
          helpers.state().state === "ready"
            ? ((await (await helpers.elevatedIfFree())?.request("verify.helpers", {})) ?? null)
            : null,
        cache: cacheDirectory,
        formatStyle: () => settings.now().formatStyle,
      });
      languages.add(language);
      const workspace = openWorkspace({
        source: (changed) => notify("source.changed", changed),
        folder: (changed) => notify("workspace.changed", changed),
        found: (found) => notify("workspace.found", found),
        ...{ state: stateDirectory, usual: workspaceDirectory, dataHome },
      });
      return {
        handlers: createHandlers({
          notify,
          ...{ guards, journals },
          ...{ helpers, attachments, commands, watches, rows, shapes, language, workspace, settings },
          watchInterfaces: () => interfaces.add(interfacesChanged),
          redirects: {
            watch: () => redirects.add(redirectsListener),
            unwatch: () => redirects.remove(redirectsListener),
          },
          changes: openChanges(changing),
          clear: (peer, id, token) => clearEntries(changing, peer, id, token),
          files: openMapFiles(changing, files, rows.poke),
          ...{ builds: createLatestWins(), verdicts: createLatestWins(), walks: createWalks() },
        }),
        end() {
          listeners.delete(notify);
          interfaces.remove(interfacesChanged);
          redirects.remove(redirectsListener);
          watches.end();
          rows.end();
          languages.delete(language);
          language.end();
          workspace.end();
        },
      };
    },
    openForWindows: () => door.open(),
    async close() {
      threads.close();
      files.close();
      const last = door.close();
      const wanted = last && (await settings.state()).settings.detachOnExit;
      settings.end();
      if (wanted) await detachOnExit(helpers, attachments);
      await forgetTheGone(helpers, attachments);
      await helpers.close();
    },
  };
}

/** Programs that died with their interface are ours no more. */
async function forgetTheGone(helpers: HelperPool, attachments: Attachments): Promise<void> {
  if (helpers.state().state !== "ready") return;
  try {
    const { programs } = await (await helpers.elevated("list programs")).request("programs.list", {});
    attachments.prune(new Set(programs.map((program) => program.id)));
  } catch (error) {
    // The helper went away first: the next close tidies up.
    if (!(error instanceof Failed)) throw error;
  }
}
