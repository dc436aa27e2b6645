/** Which sources are open, for the next time. */
import type { App } from "../session/app.ts";
import { readSetting, writeSetting } from "../session/settings.ts";

export function rememberOpen(app: App): void {
  const { sources, active } = app.store.get();
  writeSetting("open", JSON.stringify({ paths: sources.map(({ path }) => path), active }));
}

export function rememberedOpen(): { readonly paths: readonly string[]; readonly active: string | null } {
  const none = { paths: [], active: null };
  try {
    const value: unknown = JSON.parse(readSetting("open") ?? "null");
    if (typeof value !== "object" || value === null || !("paths" in value) || !Array.isArray(value.paths)) return none;
    const paths = value.paths.filter((path): path is string => typeof path === "string" && path.startsWith("/"));
    const active = "active" in value && typeof value.active === "string" ? value.active : null;
    return { paths, active };
  } catch {
    return none;
  }
}
