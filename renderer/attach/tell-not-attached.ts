/** Why an attach did not happen: in the source where the source is why, else below the tool bar. */
import { Failed } from "../../protocol/failures.ts";
import { baseName, changeSource } from "../editor/open-sources.ts";
import { showMarkers } from "../editor/show-markers.ts";
import { loadSetOf, loadSetWords } from "../reload/load-sets.ts";
import type { App } from "../session/app.ts";
import { showDialog } from "../session/dialog.ts";
import { notify } from "../session/notices.ts";
import { verifySource } from "../verify/verify-source.ts";
import { tellTrouble } from "./attach-trouble.ts";

export async function tellNotAttached(app: App, path: string, names: string, error: unknown): Promise<void> {
  if (error instanceof Failed) {
    const { failure } = error;
    if (failure.kind === "rejected" || failure.kind === "build-failed") {
      await showMarkers(path, failure.diagnostics);
      changeSource(app, path, { editedSince: false });
      await verifySource(app, path);
    }
    if (failure.kind === "bad-value" && loadSetWords(loadSetOf(app.store.get(), path)) !== null) {
      notify(app, {
        ...{ kind: "error", title: `The load options of ${baseName(path)} do not fit`, detail: failure.message },
        action: { title: "Load options…", run: () => showDialog(app, { kind: "load", path }) },
      });
      return;
    }
  }
  tellTrouble(app, "attach", `attach to ${names}`, error);
}
