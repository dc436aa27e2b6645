/** Several interfaces at once: one load, all of them or none. */
import { Failed } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import { inputOf } from "../editor/texts.ts";
import { deadlineOf } from "../guard/deadline.ts";
import { placesWords } from "../guard/guard-views.ts";
import { loadSetOf } from "../reload/load-sets.ts";
import type { App } from "../session/app.ts";
import { work } from "../session/work.ts";
import { askToReplace } from "./ask-to-replace.ts";
import { tellAttached } from "./tell-attached.ts";
import { tellNotAttached } from "./tell-not-attached.ts";

interface Wanted {
  readonly path: string;
  readonly program: string | null;
  readonly places: readonly Place[];
}

/** `replace`: foreign programs that the user agreed to replace so far */
export async function attachToAll(app: App, wanted: Wanted, replace: readonly number[] = []): Promise<void> {
  const { path, program, places } = wanted;
  const names = placesWords(places.map(({ name }) => name));
  const { mode } = app.store.get();
  const load = loadSetOf(app.store.get(), path);
  const { on, seconds } = deadlineOf(app.store.get());
  const confirm = on ? { confirmWithin: seconds } : {};
  try {
    const { attachments, guard } = await work(app, { kind: "attach", title: `attach to ${names}`, path }, (token) =>
      app.request(
        "attach.attachAll",
        { input: inputOf(path), program, places: [...places], mode, replace: [...replace], load, ...confirm },
        token,
      ),
    );
    const told = guard === null ? attachments : attachments.map((one) => ({ ...one, guard }));
    tellAttached(app, told, { variables: 0, lost: [] });
  } catch (error) {
    const failure = error instanceof Failed ? error.failure : null;
    if (failure?.kind === "foreign-program" && !replace.includes(failure.program)) {
      const at = places.find(({ netns, ifindex }) => netns === failure.netns && ifindex === failure.ifindex);
      if (at === undefined || !(await askToReplace(app, at, failure, "Replace it"))) return;
      await attachToAll(app, wanted, [...replace, failure.program]);
      return;
    }
    await tellNotAttached(app, path, names, error);
  }
}
