/** Tries a mode that nobody can say anything about, after asking: many drivers restart their queues for it. */
import type { Mode, ModeProbe, Place } from "../../protocol/interfaces.ts";
import type { App } from "../session/app.ts";
import { ask } from "../session/ask.ts";
import { notifyFailure } from "../session/notices.ts";
import { modeTitle, placeOf } from "./places.ts";

/** null where the user said no, or it could not be tried */
export async function probeMode(app: App, at: Place, mode: Mode): Promise<ModeProbe | null> {
  const answer = await ask(app, {
    title: `Try ${modeTitle(mode)} on ${at.name}?`,
    body: `A program that passes every packet is attached to ${at.name} for a moment and detached again. Many drivers restart their queues for that: the link may be silent for a second or two.`,
    choices: [{ id: "try", title: "Try it" }],
  });
  if (answer !== "try") return null;
  try {
    return await app.request("interfaces.probe", { place: placeOf(at), mode });
  } catch (error) {
    notifyFailure(app, `try ${modeTitle(mode)} on ${at.name}`, error);
    return null;
  }
}
