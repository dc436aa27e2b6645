import { Button, Toolbar } from "react-aria-components";
import { attachActive } from "../attach/attach-program.ts";
import { detachChosen } from "../attach/detach-program.ts";
import { RunsLine } from "../attach/runs-line.tsx";
import { ProgramPicker } from "../attach/program-picker.tsx";
import { canRun } from "../attach/xdp-programs.ts";
import { activeSource } from "../editor/open-sources.ts";
import { deadlineOf } from "../guard/deadline.ts";
import { DeadlinePicker } from "../guard/deadline-picker.tsx";
import { chosenInterface } from "../interfaces/chosen-interface.ts";
import { InterfacePicker } from "../interfaces/interface-picker.tsx";
import { ModePicker } from "../interfaces/mode-picker.tsx";
import { PreflightChip } from "../preflight/preflight-chip.tsx";
import { LoadTools } from "../reload/load-tools.tsx";
import { useApp, useSession } from "../session/use-app.tsx";
import { ariaKeys, keysOf } from "../settings/keys-of.ts";
import { saveAndVerify } from "../verify/save-and-verify.ts";

export function ToolBar(): React.ReactNode {
  const app = useApp();
  const source = useSession(activeSource);
  const attaching = useSession((state) => state.attaching);
  const runsSomething = useSession((state) => (chosenInterface(state)?.attached.length ?? 0) > 0);
  const deadline = useSession(deadlineOf);
  const isChosen = useSession((state) => state.place !== null);
  const saveKeys = useSession(({ settings }) => keysOf(settings, "save"));
  const attachKeys = useSession(({ settings }) => keysOf(settings, "attach"));
  const detachKeys = useSession(({ settings }) => keysOf(settings, "detach"));
  const rejected =
    source?.check?.kind === "verdict" && !source.check.verdict.accepted && (!source.editedSince || source.awaited);
  return (
    <section className="tool-bar" aria-label="Program and interface" data-region="toolbar">
      <Toolbar className="tools" aria-label="Program and interface">
        <InterfacePicker />
        <ModePicker />
        <PreflightChip />
        <ProgramPicker />
        <Button
          className="button"
          {...shortcut(saveKeys)}
          isDisabled={source === null || !canRun(source)}
          onPress={() => source !== null && void saveAndVerify(app, source.path)}
        >
          <span aria-hidden="true">{rejected ? "✗" : "✓"}</span> Verify <kbd aria-hidden="true">{saveKeys}</kbd>
        </Button>
        <Button
          className={`attach-button button${rejected || source === null || !canRun(source) || !isChosen ? "" : " go"}`}
          isDisabled={source !== null && !canRun(source)}
          {...shortcut(attachKeys)}
          isPending={attaching === "attach"}
          onPress={() => void attachActive(app)}
        >
          {deadline.on ? `Attach, ${deadline.seconds} s to confirm` : "Attach"}{" "}
          <kbd aria-hidden="true">{attachKeys}</kbd>
        </Button>
        <DeadlinePicker />
        <LoadTools />
        <Button
          className="button"
          {...shortcut(detachKeys)}
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

function shortcut(keys: string | null): { readonly "aria-keyshortcuts"?: string } {
  return keys === null ? {} : { "aria-keyshortcuts": ariaKeys(keys) };
}
