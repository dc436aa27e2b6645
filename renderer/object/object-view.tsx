import { useCallback, useState } from "react";
import type { CancellationToken } from "vscode-jsonrpc";
import { buildOf, type OpenSource } from "../editor/open-sources.ts";
import { inputOf } from "../editor/texts.ts";
import { useApp } from "../session/use-app.tsx";
import { FailedView } from "../code/failed-view.tsx";
import { useAnswer } from "../code/use-answer.ts";
import { ObjectTreeView } from "./object-tree.tsx";

/** The object that a source builds to; while it does not build, the last one. */
export function ObjectView({ source, seen }: { readonly source: OpenSource; readonly seen: boolean }): React.ReactNode {
  const app = useApp();
  const { path, check, version, object } = source;
  const broken = buildOf(check)?.ok === false;
  const [good, setGood] = useState({ check, version });
  if (!broken && (check !== good.check || version !== good.version)) setGood({ check, version });
  const ask = useCallback(
    (token: CancellationToken) => app.request("views.object", { input: inputOf(path) }, token),
    [app, path],
  );
  const { value, failed } = useAnswer(object === undefined ? path : null, good, ask, !seen);
  const tree = object ?? value;
  if (tree === null) {
    return failed === null ? (
      <p className="empty" role="status">
        Reading the object…
      </p>
    ) : (
      <FailedView failed={failed} unlocks="read the object" />
    );
  }
  const stale = broken
    ? "does not build"
    : source.editedSince && !source.awaited && !source.checking
      ? "edited since"
      : null;
  return (
    <div className="code-body">
      <ObjectTreeView tree={tree} />
      {stale !== null && (
        <div className="code-foot">
          <span className="tag warn" role="status">
            stale: {stale === "does not build" ? "the source does not build" : stale}
          </span>
        </div>
      )}
    </div>
  );
}
