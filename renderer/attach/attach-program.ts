/** Attaches the active source's program to the chosen interface; a program that is not ours is asked about first. */
import type { Attachment } from "../../protocol/attach.ts";
import { Failed } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import { baseName, changeSource } from "../editor/open-sources.ts";
import { saveSource } from "../editor/save-source.ts";
import { showMarkers } from "../editor/show-markers.ts";
import { inputOf } from "../editor/texts.ts";
import { modeWord } from "../interfaces/places.ts";
import { refreshAfterAction } from "../interfaces/refresh-lists.ts";
import { followMaps } from "../maps/follow-maps.ts";
import { openMap } from "../maps/open-map.ts";
import { chooseLoad, type ChosenLoad } from "../reload/choose-load.ts";
import { rememberDeclared } from "../reload/declared.ts";
import { loadSetOf, loadSetWords } from "../reload/load-sets.ts";
import { outcomeWords } from "../reload/reload-words.ts";
import { mapTitle, variablesLast } from "../maps/variable-maps.ts";
import type { App } from "../session/app.ts";
import { showDialog } from "../session/dialog.ts";
import { notify, notifyFailure } from "../session/notices.ts";
import { work } from "../session/work.ts";
import { milliseconds } from "../verify/sizes.ts";
import { verifySource } from "../verify/verify-source.ts";
import { askToReplace } from "./ask-to-replace.ts";
import { canRun, xdpPrograms } from "./xdp-programs.ts";

export async function attachActive(app: App): Promise<void> {
  const { active, place, attaching } = app.store.get();
  if (attaching !== null) return;
  if (active === null) {
    notify(app, { kind: "error", title: "There is no program to attach: open a source or an object first" });
    return;
  }
  const source = app.store.get().sources.find(({ path }) => path === active) ?? null;
  if (source !== null && !canRun(source)) {
    const title = `${baseName(active)} is no program: show the C source or the object to attach first`;
    notify(app, { kind: "error", title });
    return;
  }
  if (place === null) {
    notify(app, { kind: "error", title: "There is no interface to attach to: choose one first" });
    return;
  }
  const names = xdpPrograms(source);
  const chosen = app.store.get().program;
  const program = chosen !== null && names.length > 1 && names.includes(chosen) ? chosen : null;
  if (names.length > 1 && program === null) {
    notify(app, {
      kind: "error",
      title: `This source has ${names.length} XDP programs: choose the one to attach in the tool bar`,
      detail: names.join(", "),
    });
    document.querySelector<HTMLElement>(".program-pick button")?.focus();
    return;
  }
  app.store.set({ attaching: "attach" });
  try {
    if (source?.dirty === true && !(await saveSource(app, active))) return;
    const done = await attach(app, { path: active, program, place, chosen: null });
    if (done !== null) tell(app, done.attachment, done.chosen);
  } finally {
    app.store.set({ attaching: null });
    await refreshAfterAction(app);
  }
}

interface Wanted {
  readonly path: string;
  readonly program: string | null;
  readonly place: Place;
  /** null: not asked for yet */
  readonly chosen: ChosenLoad | null;
}
interface Done {
  readonly attachment: Attachment;
  readonly chosen: ChosenLoad;
}

async function attach(app: App, wanted: Wanted): Promise<Done | null> {
  const { path, program, place } = wanted;
  const { mode } = app.store.get();
  const input = inputOf(path);
  const plannedWith = app.store.get().helper?.state;
  let { chosen } = wanted;
  try {
    chosen ??= await chooseLoad(app, { input, program, place });
    if (chosen === null) return null;
    // it ended in between: the next request would start another one, and that is the user's to say
    if (plannedWith === "ready" && app.store.get().helper?.state === "gone") {
      throw new Failed({ kind: "helper-gone", message: `attach to ${place.name}: the helper ended unexpectedly` });
    }
    const { load, replace, plan } = chosen;
    const attachment = await work(app, { kind: "attach", title: `attach to ${place.name}`, path }, (token) =>
      app.request("attach.attach", { input, program, place, mode, replace, load }, token),
    );
    if (plan !== null) rememberDeclared(attachment.program, plan, loadSetOf(app.store.get(), path));
    return { attachment, chosen };
  } catch (error) {
    if (error instanceof Failed) {
      const { failure } = error;
      if (failure.kind === "foreign-program" && chosen !== null && chosen.replace === null) {
        const agreed = await askToReplace(app, place, failure, "Replace it");
        return agreed ? attach(app, { ...wanted, chosen: { ...chosen, replace: failure.program } }) : null;
      }
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
        return null;
      }
    }
    notifyFailure(app, `attach to ${place.name}`, error);
    return null;
  }
}

function tell(
  app: App,
  { place, program, maps, kept, replaced, gapNanoseconds, notes = [] }: Attachment,
  { variables, lost }: ChosenLoad,
): void {
  followMaps(app, place, maps);
  const [first] = variablesLast(maps);
  const gap = gapNanoseconds === null ? null : milliseconds(Number(gapNanoseconds) / 1e6);
  const detail = [
    replaced === null ? "" : `It took the place of ${replaced.name} (id ${replaced.id})`,
    outcomeWords(kept, variables, lost),
    gap === null ? "" : `between the modes the interface ran nothing for ${gap}`,
    ...notes,
  ];
  notify(app, {
    kind: "info",
    title: `${place.name} runs ${program.name} · ${modeWord(program.mode)} · id ${program.id}`,
    detail: detail.filter((part) => part !== "").join("; "),
    action:
      first === undefined
        ? null
        : { title: `Open ${mapTitle(first)}`, run: () => void openMap(app, { ...first, place }) },
  });
}
