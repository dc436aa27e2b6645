/** Starts the part that runs as root, asking the user where it must. */
import { refreshLists } from "../interfaces/refresh-lists.ts";
import type { App } from "./app.ts";
import { notifyFailure } from "./notices.ts";

export async function unlock(app: App, what: string): Promise<void> {
  try {
    app.store.set({ helper: await app.request("session.unlock", { what }) });
    await refreshLists(app);
  } catch (error) {
    notifyFailure(app, "start the helper with privilege", error);
  }
}
