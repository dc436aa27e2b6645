/** Everything of ours off every interface, after showing what that is. */
import type { App } from "../session/app.ts";
import { showDialog } from "../session/dialog.ts";
import { notify, notifyFailure } from "../session/notices.ts";
import { modeWord } from "../interfaces/places.ts";
import { refreshAfterAction } from "../interfaces/refresh-lists.ts";
import { changeSetting } from "../settings/apply-settings.ts";
import { clearTrouble } from "./attach-trouble.ts";

export async function askToDetachAll(app: App): Promise<void> {
  try {
    const { attachments } = await app.request("attach.ours", {});
    app.store.set({ ours: attachments });
    if (attachments.length === 0) {
      notify(app, { kind: "info", title: "Nothing that the workbench attached is attached" });
      return;
    }
    showDialog(app, { kind: "detach-all", attachments });
  } catch (error) {
    notifyFailure(app, "list what is attached", error);
  }
}

export async function detachAll(app: App): Promise<void> {
  if (app.store.get().attaching !== null) return;
  clearTrouble(app);
  app.store.set({ attaching: "detach" });
  try {
    const { detached, failed } = await app.request("attach.detachAll", {});
    if (detached.length > 0) {
      notify(app, {
        kind: "info",
        title: `${detached.length} ${detached.length === 1 ? "program was" : "programs were"} detached`,
        detail: detached
          .map(({ place, program }) => `${program.name} (${modeWord(program.mode)}) from ${place.name}`)
          .join(", "),
      });
    }
    if (failed.length > 0) {
      app.store.set({
        attachTrouble: {
          doing: "detach-all",
          title: failed.length === 1 ? "1 program stayed attached" : `${failed.length} programs stayed attached`,
          said: "",
          next: failed.map(({ place, program, why }) => `${program.name} on ${place.name}: ${why}`),
        },
      });
    }
  } catch (error) {
    notifyFailure(app, "detach everything of ours", error);
  } finally {
    app.store.set({ attaching: null });
    await refreshAfterAction(app);
  }
}

export function detachOnExitOrNot(app: App): void {
  const detachOnExit = !app.store.get().settings.detachOnExit;
  changeSetting(app, { detachOnExit });
  notify(app, {
    kind: "info",
    title: detachOnExit ? "What windows attach is detached on exit" : "What is attached stays attached on exit",
    detail: detachOnExit ? "when the last window's workbench ends; what the command line attached stays" : "",
  });
}
