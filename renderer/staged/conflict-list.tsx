import { Button } from "react-aria-components";
import type { Conflict } from "../../protocol/changes.ts";
import type { Column } from "../../protocol/maps.ts";
import type { MapTab } from "../maps/map-view.ts";
import { useApp } from "../session/use-app.tsx";
import { changeStaged } from "./change-staged.ts";
import { settle, type StagedMap } from "./staged-map.ts";

const most = 200;

export const conflictWords: Readonly<Record<Conflict["what"], string>> = {
  other: "changed meanwhile, so it was left",
  missing: "gone meanwhile, so it was left",
  exists: "there is one already, so it was not added",
  overwritten: "written, and overwritten since",
  removed: "written, and removed since",
};

interface ConflictListProps {
  readonly tab: MapTab;
  readonly columns: readonly Column[];
  readonly conflicts: readonly Conflict[];
}

/** Rows that somebody else changed between the diff and the apply: theirs stays, unless the user puts theirs over it. */
export function ConflictList({ tab, columns, conflicts }: ConflictListProps): React.ReactNode {
  const app = useApp();
  const all = (mine: boolean): void =>
    changeStaged(app, tab.id, (staged) =>
      conflicts.reduce((now: StagedMap, { change }) => settle(now, change.key, mine), staged),
    );
  const keyOf = ({ after, before, now }: Conflict): string => {
    const cells = after ?? before ?? now ?? [];
    return columns.flatMap(({ from }, index) => (from === "key" ? [cells[index] ?? ""] : [])).join(" ");
  };
  const valueOf = (cells: readonly string[] | null): string =>
    cells === null
      ? "no entry"
      : columns
          .flatMap(({ from, path }, index) => (from === "key" ? [] : [`${path} ${cells[index] ?? ""}`]))
          .join(", ");
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
    <div className="staged-list conflicts" tabIndex={0} role="region" aria-label="Conflicts">
      <div className="staged-bar">
        <b className="warn-text" role="alert">
          {conflicts.length === 1 ? "1 row was" : `${conflicts.length.toLocaleString("en")} rows were`} changed by
          somebody else
        </b>
        <span className="grow" />
        <Button className="button small" onPress={() => all(false)}>
          Keep all of theirs
        </Button>
        <Button className="button small" onPress={() => all(true)}>
          Stage all of mine again
        </Button>
      </div>
      <table className="staged-table">
        <thead>
          <tr>
            <th scope="col">entry</th>
            <th scope="col">what happened</th>
            <th scope="col">was shown</th>
            <th scope="col">mine</th>
            <th scope="col">in the map now</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {conflicts.slice(0, most).map((conflict) => {
            const { change, what, before, after, now } = conflict;
            const key = keyOf(conflict);
            return (
              <tr key={change.key}>
                <th scope="row" className="mono">
                  {key}
                </th>
                <td>{conflictWords[what]}</td>
                <td className="mono mid">{valueOf(before)}</td>
                <td className="mono">{change.value === null ? "removed" : valueOf(after)}</td>
                <td className="mono">{valueOf(now)}</td>
                <td className="staged-choices">
                  <Button
                    className="button small"
                    aria-label={`Keep theirs: ${key}`}
                    onPress={() => changeStaged(app, tab.id, (staged) => settle(staged, change.key, false))}
                  >
                    Keep theirs
                  </Button>
                  <Button
                    className="button small"
                    aria-label={`Stage mine again: ${key}`}
                    onPress={() => changeStaged(app, tab.id, (staged) => settle(staged, change.key, true))}
                  >
                    Stage mine
                  </Button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {conflicts.length > most && <p className="mid">and {(conflicts.length - most).toLocaleString("en")} more</p>}
    </div>
  );
}
