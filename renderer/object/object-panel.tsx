import "../code/code.css";
import { Button } from "react-aria-components";
import { attachActive } from "../attach/attach-program.ts";
import { showCode } from "../code/code-views.ts";
import { baseName } from "../editor/open-sources.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { bytes } from "../verify/sizes.ts";
import { tagOf } from "../verify/verdict-words.ts";
import { verifySource } from "../verify/verify-source.ts";
import { showPanel } from "../app/show-panel.ts";
import { ObjectTreeView } from "./object-tree.tsx";

/** The tab of an object on disk. */
export function ObjectPanel({ path }: { readonly path: string }): React.ReactNode {
  const app = useApp();
  const source = useSession((state) => state.sources.find((open) => open.path === path));
  const attaching = useSession((state) => state.attaching);
  const object = source?.object;
  if (source === undefined || object === undefined) return null;
  const tag = tagOf(source);
  const act = (run: () => void) => (): void => {
    app.store.set({ active: path });
    run();
  };
  return (
    <div className="object-panel">
      <div className="strip">
        <h2 className="cut" title={path}>
          {baseName(path)}
        </h2>
        <span className="dim number">{bytes(object.bytes)}</span>
        {tag !== null && <span className={`tag ${tag.tone}${tag.stale ? " stale" : ""}`}>{tag.text}</span>}
        <span className="grow" />
        <Button
          className="button small"
          isPending={source.checking}
          onPress={act(() => {
            showPanel(app, "verifier", "Verifier");
            void verifySource(app, path);
          })}
        >
          Verify this object
        </Button>
        <Button className="button small" isPending={attaching === "attach"} onPress={act(() => void attachActive(app))}>
          Attach it
        </Button>
        <Button className="button small" onPress={act(() => showCode(app, "assembly"))}>
          Show its code
        </Button>
      </div>
      <ObjectTreeView tree={object} />
    </div>
  );
}
