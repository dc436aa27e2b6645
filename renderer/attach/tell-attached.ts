/** What came of an attach: what runs where, in which mode and why, what was kept and lost, and the deadline that runs. */
import type { Attachment } from "../../protocol/attach.ts";
import { hearGuard } from "../guard/hear-guards.ts";
import { placesWords } from "../guard/guard-views.ts";
import { modeWord } from "../interfaces/places.ts";
import { followMaps } from "../maps/follow-maps.ts";
import { openMap } from "../maps/open-map.ts";
import { mapTitle, variablesLast } from "../maps/variable-maps.ts";
import type { ChosenLoad } from "../reload/choose-load.ts";
import { outcomeWords } from "../reload/reload-words.ts";
import type { App } from "../session/app.ts";
import { notify } from "../session/notices.ts";
import { milliseconds } from "../verify/sizes.ts";

export function tellAttached(
  app: App,
  attachments: readonly Attachment[],
  { variables, lost }: Pick<ChosenLoad, "variables" | "lost">,
): void {
  const [first] = attachments;
  if (first === undefined) return;
  for (const { place, maps } of attachments) followMaps(app, place, maps);
  const guards = new Map(attachments.flatMap(({ guard }) => (guard === undefined ? [] : [[guard.guard, guard]])));
  for (const guard of guards.values()) hearGuard(app, guard);
  const [map] = variablesLast(first.maps);
  const several = attachments.length > 1;
  const detail = [
    ...attachments.map((one) => wordsOfOne(one, several)),
    outcomeWords(first.kept, variables, lost),
    ...new Set(attachments.flatMap(({ notes = [] }) => notes)),
  ];
  const { name, mode, id } = first.program;
  notify(app, {
    kind: "info",
    title: several
      ? `${placesWords(attachments.map(({ place }) => place.name))} run ${name}`
      : `${first.place.name} runs ${name} · ${modeWord(mode)} · id ${id}`,
    detail: detail.filter((part) => part !== "").join("; "),
    action:
      map === undefined
        ? null
        : { title: `Open ${mapTitle(map)}`, run: () => void openMap(app, { ...map, place: first.place }) },
  });
  if (guards.size > 0) focusDeadline();
}

function wordsOfOne({ place, program, replaced, gapNanoseconds, modeWhy }: Attachment, several: boolean): string {
  const gap = gapNanoseconds === null ? null : milliseconds(Number(gapNanoseconds) / 1e6);
  const parts = [
    several ? `${modeWord(program.mode)} · id ${program.id}` : "",
    replaced === null ? "" : `${several ? "it" : "It"} took the place of ${replaced.name} (id ${replaced.id})`,
    modeWhy === undefined ? "" : `auto chose ${modeWord(program.mode)}: ${modeWhy}`,
    gap === null ? "" : `between the modes the interface ran nothing for ${gap}`,
  ].filter((part) => part !== "");
  if (parts.length === 0) return "";
  return several ? `${place.name} (${parts.join(", ")})` : parts.join("; ");
}

/** Who is typing goes on typing, and has the keys; else Keep is one Tab away. */
function focusDeadline(): void {
  setTimeout(() => {
    const { activeElement } = document;
    const typing = activeElement?.matches("input, textarea, [contenteditable], .native-edit-context") === true;
    if (!typing) document.querySelector<HTMLElement>(".guard-bar.waiting")?.focus();
  });
}
