import { Button, Keyboard, Toolbar } from "react-aria-components";
import { attachActive } from "../attach/attach-program.ts";
import { detachChosen } from "../attach/detach-program.ts";
import { RunsLine } from "../attach/runs-line.tsx";
import { ProgramPicker } from "../attach/program-picker.tsx";
import { activeSource } from "../editor/open-sources.ts";
import { InterfacePicker } from "../interfaces/interface-picker.tsx";
import { ModePicker } from "../interfaces/mode-picker.tsx";
import { useApp, useSession } from "../session/use-app.tsx";
import { saveAndVerify } from "../verify/verify-source.ts";

export function ToolBar(): React.ReactNode {
  const app = useApp();
  const source = useSession(activeSource);
  const attaching = useSession((state) => state.attaching);
  const runsSomething = useSession((state) => (state.details?.interface.attached.length ?? 0) > 0);
  const rejected = source?.check?.kind === "verdict" && !source.check.verdict.accepted && !source.editedSince;
  return (
    <Toolbar className="tool-bar" aria-label="Program and interface" data-region="toolbar">
      <InterfacePicker />
      <ModePicker />
      <ProgramPicker />
      <Button
        className="button"
        aria-label="Verify"
        aria-keyshortcuts="Control+S"
        isDisabled={source === null}
        onPress={() => source !== null && void saveAndVerify(app, source.path)}
      >
        <span aria-hidden="true">{rejected ? "✗" : "✓"}</span> Verify <Keyboard>Ctrl+S</Keyboard>
      </Button>
      <Button
        className={rejected || source === null ? "button" : "button go"}
        aria-label="Attach"
        aria-keyshortcuts="Control+Shift+A"
        isPending={attaching === "attach"}
        onPress={() => void attachActive(app)}
      >
        Attach <Keyboard>Ctrl+Shift+A</Keyboard>
      </Button>
      <Button
        className="button"
        aria-label="Detach"
        aria-keyshortcuts="Control+Shift+D"
        isPending={attaching === "detach"}
        isDisabled={!runsSomething}
        onPress={() => void detachChosen(app)}
      >
        Detach
      </Button>
      <span className="grow" />
      <RunsLine />
    </Toolbar>
  );
}
