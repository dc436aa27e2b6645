/** Does what a remedy proposes, and tells what came of it. */
import type { RedirectRemedy } from "../../protocol/redirects.ts";
import { refreshAfterAction } from "../interfaces/refresh-lists.ts";
import { openMap } from "../maps/open-map.ts";
import type { App } from "../session/app.ts";
import { notify, notifyFailure } from "../session/notices.ts";

type Doable = NonNullable<RedirectRemedy["run"]>;

export async function runRemedy(app: App, text: string, run: Doable): Promise<void> {
  try {
    if (run.do === "open-map") {
      await openMap(app, { id: run.map, name: run.name, place: null });
      return;
    }
    if (run.do === "attach-pass") {
      const { program, guard } = await app.request("redirects.attachPass", { place: run.place });
      const until = guard === undefined ? "it passes everything" : "confirm it, or it is taken off again";
      notify(app, { kind: "info", title: `${program.name} is attached to ${run.place.name}: ${until}` });
    } else {
      await app.request("attach.fix", run);
      notify(app, { kind: "info", title: `Done: ${text}` });
    }
    await refreshAfterAction(app);
  } catch (error) {
    notifyFailure(app, text, error);
  }
}
