/** The maps of the machine with who holds them, as main told it last. */
import type { App } from "../session/app.ts";
import { wordsOf } from "../session/failure-words.ts";

let running: Promise<void> | null = null;

/** One at a time: whoever asks meanwhile gets the answer that is on its way. */
export function readOverview(app: App): Promise<void> {
  running ??= ask(app).finally(() => {
    running = null;
  });
  return running;
}

async function ask(app: App): Promise<void> {
  try {
    const { maps } = await app.request("maps.overview", {});
    const same = JSON.stringify(maps) === JSON.stringify(app.store.get().overview);
    app.store.set(same ? { overviewFailed: null } : { overview: maps, overviewFailed: null });
  } catch (error) {
    app.store.set({ overviewFailed: wordsOf(error)?.title ?? "cancelled" });
  }
}

/** After something was done: what is on its way may be from before. */
export async function readOverviewAnew(app: App): Promise<void> {
  await running;
  await readOverview(app);
}
