/** Takes the program off the chosen interface. */
import { Failed } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import { modeWord, samePlace } from "../interfaces/places.ts";
import { refreshAfterAction } from "../interfaces/refresh-lists.ts";
import type { App } from "../session/app.ts";
import { ask } from "../session/ask.ts";
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
    if (error instanceof Failed && error.failure.kind === "ambiguous" && replace === null) {
      const chosen = await askWhichOne(app, place, error.failure.ids);
      if (chosen !== null) await detach(app, place, chosen);
      return;
    }
    tellTrouble(app, "detach", `detach from ${place.name}`, error);
  }
}

/** The device runs one and its host another: who says which one says also that it may be somebody else's. */
async function askWhichOne(app: App, place: Place, ids: readonly number[]): Promise<number | null> {
  const attached = app.store.get().interfaces?.interfaces.find((one) => samePlace(one, place))?.attached ?? [];
  const answer = await ask(app, {
    title: `Detach which program of ${place.name}?`,
    body: `It runs several at once, each in a mode of its own. The others stay.`,
    choices: ids.map((id) => {
      const one = attached.find((program) => program.id === id);
      const title = one === undefined ? `id ${id}` : `${one.name} · ${modeWord(one.mode)} · id ${id}`;
      return { id: String(id), title, danger: true };
    }),
  });
  return ids.find((id) => String(id) === answer) ?? null;
}
