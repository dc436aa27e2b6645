/** Attaches the active source's program to the chosen interface; a program that is not ours is asked about first. */
import type { Attachment } from "../../protocol/attach.ts";
import { Failed } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import { changeSource } from "../editor/open-sources.ts";
import { saveSource } from "../editor/save-source.ts";
import { showMarkers } from "../editor/show-markers.ts";
import { textAt, wholeText } from "../editor/texts.ts";
import { modeWord } from "../interfaces/places.ts";
import { refreshAfterAction } from "../interfaces/refresh-lists.ts";
import { followMaps } from "../maps/follow-maps.ts";
import { openMap } from "../maps/open-map.ts";
import type { App } from "../session/app.ts";
import { notify, notifyFailure } from "../session/notices.ts";
import { work } from "../session/work.ts";
import { milliseconds } from "../verify/sizes.ts";
import { verifySource } from "../verify/verify-source.ts";
import { askToReplace } from "./ask-to-replace.ts";
import { xdpPrograms } from "./xdp-programs.ts";

export async function attachActive(app: App): Promise<void> {
  const { active, place, attaching } = app.store.get();
  if (attaching !== null) return;
  if (active === null) {
    notify(app, { kind: "error", title: "There is no program to attach: open a source first" });
    return;
  }
  if (place === null) {
    notify(app, { kind: "error", title: "There is no interface to attach to: choose one first" });
    return;
  }
  const source = app.store.get().sources.find(({ path }) => path === active) ?? null;
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
    const done = await attach(app, { path: active, program, place, replace: null });
    if (done !== null) tell(app, done);
  } finally {
    app.store.set({ attaching: null });
    await refreshAfterAction(app);
  }
}

interface Wanted {
  readonly path: string;
  readonly program: string | null;
  readonly place: Place;
  readonly replace: number | null;
}

async function attach(app: App, wanted: Wanted): Promise<Attachment | null> {
  const { path, program, place, replace } = wanted;
  const text = textAt(path);
  if (text === undefined) return null;
  const { mode } = app.store.get();
  try {
    const input = { path, text: wholeText(text) };
    const title = `attach to ${place.name}`;
    return await work(app, { kind: "attach", title }, (token) =>
      app.request("attach.attach", { input, program, place, mode, replace }, token),
    );
  } catch (error) {
    if (error instanceof Failed) {
      const { failure } = error;
      if (failure.kind === "foreign-program" && replace === null) {
        const agreed = await askToReplace(app, place, failure, "Replace it");
        return agreed ? attach(app, { ...wanted, replace: failure.program }) : null;
      }
      if (failure.kind === "rejected" || failure.kind === "build-failed") {
        await showMarkers(path, failure.diagnostics);
        changeSource(app, path, { editedSince: false });
        await verifySource(app, path);
      }
    }
    notifyFailure(app, `attach to ${place.name}`, error);
    return null;
  }
}

function tell(app: App, { place, program, maps, replaced, gapNanoseconds }: Attachment): void {
  followMaps(app, place, maps);
  const [first] = maps;
  const gap = gapNanoseconds === null ? null : milliseconds(Number(gapNanoseconds) / 1e6);
  const detail = [
    replaced === null ? "" : `It took the place of ${replaced.name} (id ${replaced.id})`,
    gap === null ? "" : `between the modes the interface ran nothing for ${gap}`,
  ];
  notify(app, {
    kind: "info",
    title: `${place.name} runs ${program.name} · ${modeWord(program.mode)} · id ${program.id}`,
    detail: detail.filter((part) => part !== "").join("; "),
    action:
      first === undefined ? null : { title: `Open ${first.name}`, run: () => void openMap(app, { ...first, place }) },
  });
}
