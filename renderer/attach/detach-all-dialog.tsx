import { Button } from "react-aria-components";
import { DialogFrame } from "../app/dialog-frame.tsx";
import { modeWord, placeKey } from "../interfaces/places.ts";
import { closeDialog } from "../session/dialog.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { detachAll } from "./detach-all.ts";

/** What will be detached, where, and the source that it came from. */
export function DetachAllDialog(): React.ReactNode {
  const app = useApp();
  const dialog = useSession((state) => state.dialog);
  const question = dialog?.kind === "detach-all" ? dialog : null;
  const all = question?.attachments ?? [];
  return (
    <DialogFrame title="Detach everything of ours?" isOpen={question !== null} close={() => closeDialog(app)} large>
      <p className="mid">What others attached stays. Maps that nothing else holds go with their programs.</p>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls */}
      <div className="reload-body" tabIndex={0} role="region" aria-label="Programs of ours">
        <table className="ours-table" aria-label="What will be detached">
          <thead>
            <tr>
              <th scope="col">interface</th>
              <th scope="col">program</th>
              <th scope="col">mode</th>
              <th scope="col">source</th>
            </tr>
          </thead>
          <tbody>
            {all.map(({ place, program, source }) => (
              <tr key={`${placeKey(place)} ${program.id}`}>
                <td>
                  {place.name} <span className="dim">{place.netns ?? ""}</span>
                </td>
                <td>
                  {program.name} <span className="dim">id {program.id}</span>
                </td>
                <td>{modeWord(program.mode)}</td>
                <td className="mono">{source}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="dialog-buttons">
        <Button className="button" autoFocus onPress={() => closeDialog(app)}>
          Cancel
        </Button>
        <Button
          className="button danger"
          onPress={() => {
            closeDialog(app);
            void detachAll(app);
          }}
        >
          Detach {all.length === 1 ? "it" : `all ${all.length}`}
        </Button>
      </div>
    </DialogFrame>
  );
}
