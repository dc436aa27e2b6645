/** One interface: what of the running program's state is kept can be asked first. */
import type { Attachment } from "../../protocol/attach.ts";
import { Failed } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import { inputOf } from "../editor/texts.ts";
import { deadlineOf } from "../guard/deadline.ts";
import { type ChosenLoad, chooseLoad } from "../reload/choose-load.ts";
import { rememberDeclared } from "../reload/declared.ts";
import { loadSetOf } from "../reload/load-sets.ts";
import type { App } from "../session/app.ts";
import { work } from "../session/work.ts";
import { askToReplace } from "./ask-to-replace.ts";
import { tellAttached } from "./tell-attached.ts";
import { tellNotAttached } from "./tell-not-attached.ts";

interface Wanted {
  readonly path: string;
  readonly program: string | null;
  readonly place: Place;
}

export async function attachToOne(app: App, wanted: Wanted): Promise<void> {
  const done = await attach(app, wanted, null);
  if (done !== null) tellAttached(app, [done.attachment], done.chosen);
}

interface Done {
  readonly attachment: Attachment;
  readonly chosen: ChosenLoad;
}

/** `before`: null where it was not asked for yet */
async function attach(app: App, wanted: Wanted, before: ChosenLoad | null): Promise<Done | null> {
  const { path, program, place } = wanted;
  const { mode } = app.store.get();
  const input = inputOf(path);
  const plannedWith = app.store.get().helper?.state;
  let chosen = before;
  try {
    chosen ??= await chooseLoad(app, { input, program, place });
    if (chosen === null) return null;
    // it ended in between: the next request would start another one, and that is the user's to say
    if (plannedWith === "ready" && app.store.get().helper?.state === "gone") {
      throw new Failed({ kind: "helper-gone", message: `attach to ${place.name}: the helper ended unexpectedly` });
    }
    const { load, replace, plan } = chosen;
    const { on, seconds } = deadlineOf(app.store.get());
    const confirm = on ? { confirmWithin: seconds } : {};
    const attachment = await work(app, { kind: "attach", title: `attach to ${place.name}`, path }, (token) =>
      app.request("attach.attach", { input, program, place, mode, replace, load, ...confirm }, token),
    );
    if (plan !== null) rememberDeclared(attachment.program, plan, loadSetOf(app.store.get(), path));
    return { attachment, chosen };
  } catch (error) {
    if (error instanceof Failed && error.failure.kind === "foreign-program" && chosen?.replace === null) {
      const { failure } = error;
      const agreed = await askToReplace(app, place, failure, "Replace it");
      return agreed ? attach(app, wanted, { ...chosen, replace: failure.program }) : null;
    }
    await tellNotAttached(app, path, place.name, error);
    return null;
  }
}
