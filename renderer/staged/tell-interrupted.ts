/** Once a window opens: changes of maps that broke off, and which of their rows are in. */
import type { App } from "../session/app.ts";
import { showDialog } from "../session/dialog.ts";
import { notify, notifyFailure } from "../session/notices.ts";

const most = 3;
const told = new Set<string>();

/** Asks for nobody's leave: where there is no root yet, it is told when there is. */
export async function tellInterrupted(app: App): Promise<void> {
  if (app.store.get().helper?.state !== "ready") return;
  try {
    const { journals } = await app.request("maps.journals", { id: null });
    const broken = journals.filter(({ state, journal }) => state === "interrupted" && !told.has(journal));
    for (const { journal, map, title } of broken.slice(0, most)) {
      told.add(journal);
      const found = await app.request("maps.survey", { journal }).catch(() => null);
      // a map that is gone took all of it along
      if (found === null) continue;
      const { after, before, other } = found;
      const total = after + before + other;
      const others = other === 0 ? "" : `, ${other.toLocaleString("en")} changed by somebody else since`;
      notify(app, {
        kind: "error",
        title: `“${title}” in ${map.name} broke off: ${after.toLocaleString("en")} of ${total.toLocaleString("en")} rows are in${others}`,
        detail: "Resume or undo it.",
        action: {
          title: "Resume or undo…",
          run: () => showDialog(app, { kind: "journal", id: map.id, name: map.name }),
        },
      });
    }
  } catch (error) {
    notifyFailure(app, "ask for changes of maps that broke off", error);
  }
}
