import { Fragment, useEffect, useRef, useState } from "react";
import { Button, ProgressBar } from "react-aria-components";
import type { Column } from "../../protocol/maps.ts";
import { ChangeDeadline } from "../guard/change-deadline.tsx";
import type { MapTab } from "../maps/map-view.ts";
import { showDialog } from "../session/dialog.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { applyStaged, undoInMap } from "./apply-staged.ts";
import { changeStaged } from "./change-staged.ts";
import { ConflictList } from "./conflict-list.tsx";
import { StagedDiff } from "./staged-diff.tsx";
import { countsOf, countWords, nothingStaged } from "./staged-map.ts";

interface StagedBarProps {
  readonly tab: MapTab;
  readonly columns: readonly Column[];
}

/** Below a table: what is staged, and the ways on. Nothing where there is nothing to say. */
export function StagedBar({ tab, columns }: StagedBarProps): React.ReactNode {
  const app = useApp();
  const staged = useSession((state) => state.staged.get(tab.id)) ?? nothingStaged;
  const [open, setOpen] = useState(false);
  const { changes, conflicts, applying, told } = staged;
  const some = changes.size > 0;
  const section = useRef<HTMLElement>(null);
  const focusIn = useRef<Element | null>(null);
  // A button that has done its work is gone: the focus stays in its neighbourhood.
  useEffect(() => {
    if (focusIn.current === null || document.activeElement !== document.body) return;
    (section.current ?? focusIn.current.closest<HTMLElement>(".map-panel"))?.focus();
  });
  if (!some && conflicts.length === 0 && applying === null && told === null) return null;
  return (
    <section
      className="staged"
      aria-label={`Changes of ${tab.name}`}
      ref={section}
      tabIndex={-1}
      onFocus={({ currentTarget }) => {
        focusIn.current = currentTarget.parentElement;
      }}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) focusIn.current = null;
      }}
    >
      {conflicts.length > 0 && <ConflictList tab={tab} columns={columns} conflicts={conflicts} />}
      {open && some && <StagedDiff tab={tab} columns={columns} staged={staged} />}
      <div className="staged-bar">
        <span role="status" className="staged-words">
          {some ? (
            <>
              <b>Not in the map yet:</b> {countWords(countsOf(staged))}
            </>
          ) : (
            told
          )}
          {some && told !== null && <span className="mid"> · {told}</span>}
        </span>
        {applying !== null && (
          <ProgressBar
            className="staged-progress"
            aria-label={`Writing to ${tab.name}`}
            value={applying.done}
            maxValue={Math.max(1, applying.total)}
          >
            {({ percentage }) => (
              <>
                <span className="staged-track">
                  <span className="staged-fill" style={{ width: `${percentage ?? 0}%` }} />
                </span>
                <span className="number mid">
                  {applying.done.toLocaleString("en")} / {applying.total.toLocaleString("en")}
                </span>
              </>
            )}
          </ProgressBar>
        )}
        <span className="grow" />
        {some ? (
          // other buttons, not the same ones with other words: a key that was meant for one must not press the next
          <Fragment key="staged">
            <Button className="button small" aria-expanded={open} onPress={() => setOpen(!open)}>
              {open ? "Hide the diff" : "Review"}
            </Button>
            <Button
              className="button small"
              isDisabled={applying !== null}
              onPress={() => changeStaged(app, tab.id, () => nothingStaged)}
            >
              Discard
            </Button>
            <ChangeDeadline />
            <Button
              className="button small go"
              isDisabled={applying !== null}
              onPress={() => void applyStaged(app, tab)}
            >
              Apply <kbd>Ctrl+Enter</kbd>
            </Button>
          </Fragment>
        ) : (
          <Fragment key="applied">
            <Button className="button small" onPress={() => void undoInMap(app, tab)}>
              Undo <kbd>Ctrl+Z</kbd>
            </Button>
            <Button
              className="button small"
              onPress={() => showDialog(app, { kind: "journal", id: tab.id, name: tab.name })}
            >
              Changes…
            </Button>
            <Button
              className="button small icon"
              aria-label="Dismiss"
              onPress={() => changeStaged(app, tab.id, (now) => ({ ...now, told: null, conflicts: [] }))}
            >
              ✕
            </Button>
          </Fragment>
        )}
      </div>
    </section>
  );
}
