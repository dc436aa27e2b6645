import type { App } from "../session/app.ts";
import { verifySource } from "../verify/verify-source.ts";
import { keepLoadSet, type LoadSet } from "./load-sets.ts";

/** Keeps what the user set; a verdict that was on other values is asked for again. */
export function changeLoadSet(app: App, path: string, set: LoadSet): void {
  keepLoadSet(app, path, set);
  const check = app.store.get().sources.find((source) => source.path === path)?.check;
  if (check?.kind === "verdict") void verifySource(app, path);
}
