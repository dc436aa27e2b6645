/** The sources that are open: what is known of each beside its text. */
import type { Build } from "../../protocol/build.ts";
import type { Diagnostic } from "../../protocol/diagnostic.ts";
import type { Verdict } from "../../protocol/verify.ts";
import type { ObjectTree } from "../../protocol/views.ts";
import type { App } from "../session/app.ts";
import type { SessionState } from "../session/state.ts";

/** What was last found out about a source. */
export type Check =
  | { readonly kind: "verdict"; readonly verdict: Verdict }
  /** the kernel was not asked, and why */
  | { readonly kind: "build"; readonly build: Build; readonly why: string };

export interface OpenSource {
  readonly path: string;
  /** SHA-256 of what was read or saved last; null where there is no file yet */
  readonly version: string | null;
  /** the text differs from the file */
  readonly dirty: boolean;
  readonly checking: boolean;
  readonly check: Check | null;
  /** the text is another one than the one that was checked */
  readonly editedSince: boolean;
  /** typing paused or is about to: a verdict on the text as it is comes by itself */
  readonly awaited: boolean;
  /** what an object on disk holds, that was built elsewhere; left out for a text */
  readonly object?: ObjectTree;
}

export function changeSource(app: App, path: string, patch: Partial<OpenSource>): void {
  const { sources } = app.store.get();
  const old = sources.find((source) => source.path === path);
  if (old === undefined) return;
  const changed = { ...old, ...patch };
  // Every key typed comes by here: mostly nothing is new.
  if ((Object.keys(changed) as (keyof OpenSource)[]).every((key) => Object.is(changed[key], old[key]))) return;
  app.store.set({ sources: sources.map((source) => (source === old ? changed : source)) });
}

export function objectAt(app: App, path: string): ObjectTree | null {
  return app.store.get().sources.find((source) => source.path === path)?.object ?? null;
}

export function activeSource(state: SessionState): OpenSource | null {
  return state.sources.find(({ path }) => path === state.active) ?? null;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Of the folder that it is in. */
export function folderName(path: string): string {
  return path.split("/").at(-2) ?? "";
}

/** The name, and the folder where two open sources share it. */
export function shortName(path: string, among: readonly OpenSource[]): string {
  const name = baseName(path);
  const shared = among.some((other) => other.path !== path && baseName(other.path) === name);
  return shared ? path.split("/").slice(-2).join("/") : name;
}

export function diagnosticsOf(check: Check | null): readonly Diagnostic[] {
  if (check === null) return [];
  return check.kind === "verdict" ? check.verdict.diagnostics : check.build.diagnostics;
}

export function buildOf(check: Check | null): Build | null {
  if (check === null) return null;
  return check.kind === "verdict" ? check.verdict.build : check.build;
}
