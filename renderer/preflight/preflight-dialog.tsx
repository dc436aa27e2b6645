import { Button } from "react-aria-components";
import { DialogFrame } from "../app/dialog-frame.tsx";
import { chosenPlaces } from "../interfaces/chosen-places.ts";
import { placesWords } from "../guard/guard-views.ts";
import { closeDialog } from "../session/dialog.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { stopping } from "./preflight-lines.ts";
import { PreflightList } from "./preflight-list.tsx";

/** What is expected to keep the attach from working, with what mends it; it follows as things are mended. */
export function PreflightDialog(): React.ReactNode {
  const app = useApp();
  const dialog = useSession((state) => state.dialog);
  const answer = useSession((state) => state.preflight?.answer ?? null);
  const place = useSession((state) => state.place);
  const also = useSession((state) => state.alsoPlaces);
  const question = dialog?.kind === "preflight" ? dialog : null;
  const stops = answer === null ? [] : stopping(answer);
  const clear = answer !== null && stops.length === 0;
  const names = placesWords(chosenPlaces({ place, alsoPlaces: also }).map(({ name }) => name));
  return (
    <DialogFrame title={`Attach to ${names}?`} isOpen={question !== null} close={() => closeDialog(app)} large>
      <p className="mid" role="status">
        {clear
          ? "Nothing is in the way any more."
          : "The kernel is expected to refuse this. What is in the way can be mended first."}
      </p>
      <div className="preflight reload-body">
        <PreflightList places={stops} />
      </div>
      <div className="dialog-buttons">
        <Button className="button" autoFocus onPress={() => closeDialog(app)}>
          Cancel
        </Button>
        <Button className={clear ? "button go" : "button danger"} onPress={() => question?.answer(true)}>
          {clear ? "Attach" : "Attach anyway"}
        </Button>
      </div>
    </DialogFrame>
  );
}
