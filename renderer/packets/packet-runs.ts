/** What the window knows of packet tests: the last run of each folder. */
import type { PacketsReport } from "../../protocol/packets.ts";
import { activeSource } from "../editor/open-sources.ts";
import type { SessionState } from "../session/state.ts";
import { parentOf } from "../workspace/workspace-view.ts";

export interface PacketRun {
  readonly running: boolean;
  /** null until one came to its end */
  readonly report: PacketsReport | null;
  /** why the last one did not */
  readonly failed: { readonly title: string; readonly detail: string } | null;
  /** of what ran, and of what was open beside it: SHA-256 on disk */
  readonly versions: ReadonlyMap<string, string | null>;
}

/** of the active source's folder */
export function activeRun(state: SessionState): PacketRun | null {
  const source = activeSource(state);
  return source === null ? null : (state.packetRuns.get(parentOf(source.path)) ?? null);
}

/** A file of the folder is another one than when it ran. */
export function isStale(run: PacketRun, state: SessionState): boolean {
  return state.sources.some(({ path, version, dirty }) => {
    const then = run.versions.get(path);
    return typeof then === "string" && (dirty || then !== version);
  });
}

/** "7 / 7", for the panel's tab; null where nothing ran. */
export function countsOf(run: PacketRun | null): { readonly text: string; readonly good: boolean } | null {
  if (!run?.report || run.failed !== null) return null;
  const { passed, failed } = run.report;
  return { text: `${passed} / ${passed + failed}`, good: failed === 0 };
}
