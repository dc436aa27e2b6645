import { Button } from "react-aria-components";
import { languageOf } from "../editor/language-of.ts";
import { activeSource } from "../editor/open-sources.ts";
import { showDialog } from "../session/dialog.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { changeLoadSet } from "./change-load-set.ts";
import { loadSetOf, loadSetWords } from "./load-sets.ts";

/** Beside Attach: what is set for the loads of the active source, and the way to it. */
export function LoadTools(): React.ReactNode {
  const app = useApp();
  const source = useSession(activeSource);
  const set = useSession((state) => loadSetOf(state, state.active));
  const words = loadSetWords(set);
  const path = source === null || languageOf(source.path) !== "c" ? null : source.path;
  return (
    <>
      <Button
        className={words === null ? "icon-button load-options" : "button load-options"}
        aria-label={words === null ? "Load options" : `Load options: ${words}`}
        isDisabled={path === null}
        onPress={() => path !== null && showDialog(app, { kind: "load", path })}
      >
        <span className="codicon codicon-settings" aria-hidden="true" />
        {words !== null && <span className="tag accent">{words}</span>}
      </Button>
      {words !== null && path !== null && (
        <Button className="icon-button" aria-label={`Reset: ${words}`} onPress={() => changeLoadSet(app, path, {})}>
          <span className="codicon codicon-close" aria-hidden="true" />
        </Button>
      )}
    </>
  );
}
