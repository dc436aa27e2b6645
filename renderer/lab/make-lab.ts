/** Makes and removes the lab. */
import type { App } from "../session/app.ts";
import { notify, notifyFailure } from "../session/notices.ts";
import { work } from "../session/work.ts";
import { refreshAfterAction } from "../interfaces/refresh-lists.ts";

export async function makeLab(app: App): Promise<void> {
  await change(app, "lab.up", "Making the lab…", "make the lab");
}

export async function removeLab(app: App): Promise<void> {
  await change(app, "lab.down", "Removing the lab…", "remove the lab");
}

async function change(app: App, method: "lab.up" | "lab.down", text: string, doing: string): Promise<void> {
  if (app.store.get().labWork !== null) return;
  app.store.set({ labWork: text });
  try {
    const lab = await work(app, { kind: "lab", title: doing }, (token) => app.request(method, { name: null }, token));
    app.store.set({ lab });
    const up = lab.state === "up";
    notify(app, {
      kind: "info",
      title: up ? `The lab is up: ${lab.box} with port0 and port1` : "The lab was removed",
      detail: lab.note,
    });
  } catch (error) {
    notifyFailure(app, doing, error);
  } finally {
    app.store.set({ labWork: null });
    await refreshAfterAction(app);
  }
}
