import { Button } from "react-aria-components";
import type { Column } from "../../protocol/maps.ts";
import type { MapTab } from "../maps/map-view.ts";
import { useApp } from "../session/use-app.tsx";
import { changeStaged } from "./change-staged.ts";
import { ChangeLine, ChangeTable } from "./change-table.tsx";
import { kindOf, type StagedMap, withoutKeys } from "./staged-map.ts";

const most = 500;

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
      <ChangeTable columns={columns} hasDeeds>
        {all.slice(0, most).map(([key, { change, before, after, cpus }]) => (
          <ChangeLine
            key={key}
            is={kindOf(change)}
            {...{ before, after, columns, cpus }}
            deed={
              <Button
                className="button small quiet"
                aria-label={`Leave ${(after ?? before ?? [])[0] ?? "this entry"}`}
                onPress={() => changeStaged(app, tab.id, (now) => withoutKeys(now, [key]))}
              >
                Leave
              </Button>
            }
          />
        ))}
      </ChangeTable>
      <p className="dim">
        Each row is compared with what was shown right before it is written, and read back after. BPF has no
        compare-and-swap: about a microsecond is left in which another writer is not seen.
      </p>
      {all.length > most && <p className="mid">and {(all.length - most).toLocaleString("en")} more</p>}
    </div>
  );
}
