import { Button, ProgressBar } from "react-aria-components";
import { stopLastWork } from "../session/work.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { makeLab, removeLab } from "./make-lab.ts";

/** Makes the lab, or removes it; while it works, how far it is. */
export function LabButton(): React.ReactNode {
  const app = useApp();
  const lab = useSession((state) => state.lab);
  const work = useSession((state) => state.labWork);
  if (work !== null) {
    return (
      <span className="row">
        <ProgressBar isIndeterminate aria-label="Lab" className="progress">
          <span className="progress-track" aria-hidden="true" />
          <span className="mid">{work}</span>
        </ProgressBar>
        <Button className="button small" onPress={() => stopLastWork(app, "lab")}>
          Cancel
        </Button>
      </span>
    );
  }
  if (lab?.state === "up") {
    return (
      <Button className="button" onPress={() => void removeLab(app)}>
        Remove the lab
      </Button>
    );
  }
  return (
    <span className="row">
      <Button className="button go" onPress={() => void makeLab(app)}>
        Make the lab
      </Button>
      {lab?.state === "leftover" && (
        <>
          <Button className="button" onPress={() => void removeLab(app)}>
            Remove what is left
          </Button>
          <span className="mid">{lab.note}</span>
        </>
      )}
    </span>
  );
}
