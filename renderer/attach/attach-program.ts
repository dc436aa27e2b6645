/** Attaches the active source's program to the chosen interfaces; programs that are not ours are asked about first. */
import { baseName } from "../editor/open-sources.ts";
import { saveSource } from "../editor/save-source.ts";
import { chosenPlaces } from "../interfaces/chosen-places.ts";
import { refreshAfterAction } from "../interfaces/refresh-lists.ts";
import { mayAttach } from "../preflight/ask-first.ts";
import type { App } from "../session/app.ts";
import { notify } from "../session/notices.ts";
import { attachToAll } from "./attach-to-all.ts";
import { attachToOne } from "./attach-to-one.ts";
import { clearTrouble } from "./attach-trouble.ts";
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
  clearTrouble(app);
  app.store.set({ attaching: "attach" });
  try {
    if (source?.dirty === true && !(await saveSource(app, active))) return;
    if (!(await mayAttach(app))) return;
    const places = chosenPlaces(app.store.get());
    const [first] = places;
    if (first === undefined) return;
    if (places.length === 1) await attachToOne(app, { path: active, program, place: first });
    else await attachToAll(app, { path: active, program, places });
  } finally {
    app.store.set({ attaching: null });
    await refreshAfterAction(app);
  }
}
