/** Several interfaces at once: one load, all of them or none. */
import { Failed } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import { inputOf } from "../editor/texts.ts";
import { deadlineOf } from "../guard/deadline.ts";
import { placesWords } from "../guard/guard-views.ts";
import { rememberDeclared } from "../reload/declared.ts";
import { loadSetOf } from "../reload/load-sets.ts";
import { type ChosenLoad, chooseLoadForAll } from "../reload/choose-load.ts";
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

/** `before`, `replace`: what the user chose, and the foreign programs that he agreed to replace, so far */
export async function attachToAll(
  app: App,
  wanted: Wanted,
  before: ChosenLoad | null = null,
  replace: readonly number[] = [],
): Promise<void> {
  const { path, program, places } = wanted;
  const input = inputOf(path);
  const names = placesWords(places.map(({ name }) => name));
  const { mode } = app.store.get();
  const { on, seconds } = deadlineOf(app.store.get());
  const confirm = on ? { confirmWithin: seconds } : {};
  let chosen = before;
  try {
    chosen ??= await chooseLoadForAll(app, { input, program, places });
    if (chosen === null) return;
    const { load, variables, lost, plan } = chosen;
    const agreed = [...replace, ...(chosen.replace === null ? [] : [chosen.replace])];
    const { attachments, guard } = await work(app, { kind: "attach", title: `attach to ${names}`, path }, (token) =>
      app.request(
        "attach.attachAll",
        { input, program, places: [...places], mode, replace: [...new Set(agreed)], load, ...confirm },
        token,
      ),
    );
    const [one] = attachments;
    if (plan !== null && one !== undefined) rememberDeclared(one.program, plan, loadSetOf(app.store.get(), path));
    const told = guard === null ? attachments : attachments.map((one) => ({ ...one, guard }));
    tellAttached(app, told, { variables, lost });
  } catch (error) {
    const failure = error instanceof Failed ? error.failure : null;
    if (failure?.kind === "foreign-program" && chosen !== null && !replace.includes(failure.program)) {
      const at = places.find(({ netns, ifindex }) => netns === failure.netns && ifindex === failure.ifindex);
      if (at === undefined || !(await askToReplace(app, at, failure, "Replace it"))) return;
      await attachToAll(app, wanted, chosen, [...replace, failure.program]);
      return;
    }
    await tellNotAttached(app, path, names, error);
  }
}
