/** Whether a program that the workbench did not attach may be taken away. */
import type { Failure } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import { modeWord } from "../interfaces/places.ts";
import type { App } from "../session/app.ts";
import { ask } from "../session/ask.ts";

export async function askToReplace(
  app: App,
  place: Place,
  { name, program, mode }: Extract<Failure, { kind: "foreign-program" }>,
  yes: string,
): Promise<boolean> {
  const answer = await ask(app, {
    title: `${place.name} already runs ${name} (id ${program}), which the workbench did not attach. ${yes}?`,
    body: `It is attached in ${modeWord(mode)} mode. Whoever attached it may rely on it: packets will be handled differently from then on.`,
    choices: [{ id: "yes", title: yes, danger: true }],
  });
  return answer === "yes";
}
