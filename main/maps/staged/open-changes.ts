/** The methods of staged changes, for one window or one run of the command line. */
import type { workbench } from "../../../protocol/contracts.ts";
import type { Handlers } from "../../../protocol/peer.ts";
import { applyChanges, type Changing, listChanges, redoChanges, surveyChanges, undoChanges } from "./apply-changes.ts";
import { stageEdits } from "./stage-edits.ts";

type Methods =
  | "maps.stage"
  | "maps.apply"
  | "maps.journals"
  | "maps.undo"
  | "maps.redo"
  | "maps.survey"
  | "maps.forget";

export function openChanges(changing: Changing): Pick<Handlers<typeof workbench>, Methods> {
  const { journals } = changing;
  return {
    "maps.stage": (params, { token }) => stageEdits(changing, params, token),
    "maps.apply": (params, { token }) => applyChanges(changing, params, token),
    "maps.journals": async ({ id }) => ({ journals: listChanges(journals, id) }),
    "maps.undo": ({ journal }, { token }) => undoChanges(changing, journal, token),
    "maps.redo": ({ journal }, { token }) => redoChanges(changing, journal, token),
    "maps.survey": ({ journal }) => surveyChanges(changing, journal),
    "maps.forget": async ({ journal }) => {
      journals.forget(journal);
      return {};
    },
  };
}
