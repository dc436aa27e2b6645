/** Runs the packets.json beside the active source on the kernel, attached to nothing. */
import { showPanel } from "../app/show-panel.ts";
import { activeSource } from "../editor/open-sources.ts";
import { revealSource } from "../editor/reveal.ts";
import { saveSource } from "../editor/save-source.ts";
import { textAt, wholeText } from "../editor/texts.ts";
import { openSource } from "../editor/open-source.ts";
import type { App } from "../session/app.ts";
import { wordsOf } from "../session/failure-words.ts";
import { work } from "../session/work.ts";
import { placeJson } from "../settings/json-places.ts";
import { parentOf } from "../workspace/workspace-view.ts";
import type { PacketRun } from "./packet-runs.ts";

const notYet: PacketRun = { running: false, report: null, failed: null, versions: new Map() };

export async function runPacketTests(app: App): Promise<void> {
  const source = activeSource(app.store.get());
  if (source === null) return;
  showPanel(app, "tests", "Tests");
  const folder = parentOf(source.path);
  const inFolder = () => app.store.get().sources.filter(({ path }) => parentOf(path) === folder);
  if (app.store.get().packetRuns.get(folder)?.running === true) return;
  change(app, folder, { running: true });
  try {
    // what runs is what is on disk
    for (const { path, dirty } of inFolder()) if (dirty && !(await saveSource(app, path))) return;
    const path = /\.[co]$/.test(source.path) ? source.path : folder;
    const report = await work(app, { kind: "packets", title: "run packet tests", leaveable: true }, (token) =>
      app.request("packets.test", { path, netns: null }, token),
    );
    const versions = new Map(inFolder().map(({ path, version }) => [path, version]));
    for (const path of [report.file, report.build.path]) versions.set(path, await versionOf(app, path));
    change(app, folder, { report, versions, failed: null });
  } catch (error) {
    const failed = wordsOf(error);
    // cancelled: what was known before stays
    if (failed !== null) change(app, folder, { failed });
  } finally {
    change(app, folder, { running: false });
  }
}

/** Of a file that may be opened, and changed, after it ran. */
async function versionOf(app: App, path: string): Promise<string | null> {
  return app.request("source.read", { path }).then(
    ({ version }) => version,
    // an object, or gone since
    () => null,
  );
}

/** Opens packets.json where the case begins. */
export async function showCase(app: App, file: string, index: number): Promise<void> {
  if (!(await openSource(app, file))) return;
  const text = textAt(file);
  if (text === undefined) return;
  const whole = wholeText(text);
  const placed = placeJson(whole);
  const from = placed.ok ? placed.spanOf(["cases", index]).from : 0;
  const before = whole.slice(0, from).split("\n");
  await revealSource(app, file, { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 });
}

function change(app: App, folder: string, patch: Partial<PacketRun>): void {
  const { packetRuns } = app.store.get();
  const run = { ...(packetRuns.get(folder) ?? notYet), ...patch };
  app.store.set({ packetRuns: new Map(packetRuns).set(folder, run) });
}
