import "./code.css";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { baseName } from "../editor/open-sources.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { ObjectView } from "../object/object-view.tsx";
import { chooseCodeView, codeViews } from "./code-views.ts";
import { CodeView } from "./code-view.tsx";
import { useProgramSource } from "./program-source.ts";

/** What was built of the source beside it, and what the kernel made of that. */
export function CodePanel({ seen }: { readonly seen: boolean }): React.ReactNode {
  const app = useApp();
  const view = useSession((state) => state.codeView);
  const source = useProgramSource();
  const of = source === null ? "" : baseName(source.path);
  return (
    <div className="code-panel">
      <div className="strip">
        <ToggleButtonGroup
          className="segments"
          aria-label="Which code is shown"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[view]}
          onSelectionChange={(keys) => {
            const chosen = codeViews.find((one) => keys.has(one.view));
            if (chosen !== undefined) chooseCodeView(app, chosen.view);
          }}
        >
          {codeViews.map((one) => (
            <ToggleButton key={one.view} id={one.view} className="segment">
              {one.title}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <span className="grow" />
        <span className="dim cut code-of" title={source?.path ?? ""}>
          {of}
        </span>
      </div>
      {source === null ? (
        <p className="empty">The code of a program appears here: open a source or an object.</p>
      ) : view === "object" ? (
        <ObjectView key={source.path} source={source} seen={seen} />
      ) : (
        <CodeView key={source.path} source={source} kind={view} seen={seen} />
      )}
    </div>
  );
}
