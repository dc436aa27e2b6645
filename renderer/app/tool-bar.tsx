import { Button, Toolbar } from "react-aria-components";
import { attachActive } from "../attach/attach-program.ts";
import { detachChosen } from "../attach/detach-program.ts";
import { RunsLine } from "../attach/runs-line.tsx";
import { ProgramPicker } from "../attach/program-picker.tsx";
import { activeSource } from "../editor/open-sources.ts";
import { chosenInterface } from "../interfaces/chosen-interface.ts";
import { InterfacePicker } from "../interfaces/interface-picker.tsx";
import { ModePicker } from "../interfaces/mode-picker.tsx";
import { useApp, useSession } from "../session/use-app.tsx";
import { saveAndVerify } from "../verify/verify-source.ts";

export function ToolBar(): React.ReactNode {
  const app = useApp();
  const source = useSession(activeSource);
  const attaching = useSession((state) => state.attaching);
  const runsSomething = useSession((state) => (chosenInterface(state)?.attached.length ?? 0) > 0);
  const rejected = source?.check?.kind === "verdict" && !source.check.verdict.accepted && (!source.editedSince || source.awaited);
  return (
    <section className="tool-bar" aria-label="Program and interface" data-region="toolbar">
      <Toolbar className="tools" aria-label="Program and interface">
        <InterfacePicker />
        <ModePicker />
        <ProgramPicker />
        <Button
          className="button"
          aria-keyshortcuts="Control+S"
          isDisabled={source === null}
          onPress={() => source !== null && void saveAndVerify(app, source.path)}
        >
          <span aria-hidden="true">{rejected ? "✗" : "✓"}</span> Verify <kbd aria-hidden="true">Ctrl+S</kbd>
        </Button>
        <Button
          className={rejected || source === null ? "button" : "button go"}
          aria-keyshortcuts="Control+Shift+A"
          isPending={attaching === "attach"}
          onPress={() => void attachActive(app)}
        >
          Attach <kbd aria-hidden="true">Ctrl+Shift+A</kbd>
        </Button>
        <Button
          className="button"
          aria-keyshortcuts="Control+Shift+D"
          isPending={attaching === "detach"}
          isDisabled={!runsSomething}
          onPress={() => void detachChosen(app)}
        >
          Detach
        </Button>
      </Toolbar>
      <span className="grow" />
      <RunsLine />
    </section>
  );
}
