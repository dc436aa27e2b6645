/** Takes the program off the chosen interface. */
import { Failed } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import { modeWord } from "../interfaces/places.ts";
import { refreshAfterAction } from "../interfaces/refresh-lists.ts";
import type { App } from "../session/app.ts";
import { notify } from "../session/notices.ts";
import { askToReplace } from "./ask-to-replace.ts";
import { clearTrouble, tellTrouble } from "./attach-trouble.ts";

export async function detachChosen(app: App): Promise<void> {
  const { place, attaching } = app.store.get();
  if (attaching !== null) return;
  if (place === null) {
    notify(app, { kind: "error", title: "There is no interface to detach from: choose one first" });
    return;
  }
  clearTrouble(app);
  app.store.set({ attaching: "detach" });
  try {
    await detach(app, place, null);
  } finally {
    app.store.set({ attaching: null });
    await refreshAfterAction(app);
  }
}

async function detach(app: App, place: Place, replace: number | null): Promise<void> {
  try {
    const { program } = await app.request("attach.detach", { place, replace });
    notify(app, {
      kind: "info",
      title: `${program.name} (id ${program.id}) was detached from ${place.name}`,
      detail: `it ran in ${modeWord(program.mode)} mode`,
    });
  } catch (error) {
    if (error instanceof Failed && error.failure.kind === "foreign-program" && replace === null) {
      const { failure } = error;
      if (await askToReplace(app, place, failure, "Detach it")) await detach(app, place, failure.program);
      return;
    }
    tellTrouble(app, "detach", `detach from ${place.name}`, error);
  }
}
