import { Button } from "react-aria-components";
import type { Column } from "../../protocol/maps.ts";
import type { MapTab } from "../maps/map-view.ts";
import { useApp } from "../session/use-app.tsx";
import { changeStaged } from "./change-staged.ts";
import { DiffCells } from "./diff-cells.tsx";
import { kindOf, type StagedMap, withoutKeys } from "./staged-map.ts";

const most = 500;
const signs = { added: "+", changed: "~", removed: "−" } as const;

interface StagedDiffProps {
  readonly tab: MapTab;
  readonly columns: readonly Column[];
  readonly staged: StagedMap;
}

/** Each change, the old value beside the new one. */
export function StagedDiff({ tab, columns, staged }: StagedDiffProps): React.ReactNode {
  const app = useApp();
  const all = [...staged.changes];
  return (
    // a box that scrolls has to be reached by keyboard
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
    <div className="staged-list" tabIndex={0} role="region" aria-label="What will change">
      <table className="staged-table">
        <thead>
          <tr>
            <th scope="col">
              <span className="unseen">change</span>
            </th>
            {columns.map(({ path, from }) => (
              <th key={`${from} ${path}`} scope="col">
                {path}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {all.slice(0, most).map(([key, { change, before, after, cpus }]) => {
            const is = kindOf(change);
            return (
              <tr key={key} className={`staged-${is}`}>
                <th scope="row">
                  <span className="staged-sign" aria-hidden="true">
                    {signs[is]}
                  </span>
                  <span className="staged-word">{is}</span>
                </th>
                <DiffCells before={before} after={after} columns={columns} cpus={cpus} />
                <td>
                  <Button
                    className="button small quiet"
                    aria-label={`Leave ${(after ?? before ?? [])[0] ?? "this entry"}`}
                    onPress={() => changeStaged(app, tab.id, (now) => withoutKeys(now, [key]))}
                  >
                    Leave
                  </Button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {all.length > most && <p className="mid">and {(all.length - most).toLocaleString("en")} more</p>}
    </div>
  );
}
