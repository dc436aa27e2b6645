import { useEffect, useState } from "react";
import { Button } from "react-aria-components";
import type { MapPlan, PlannedRow } from "../../protocol/map-files.ts";
import type { Column } from "../../protocol/maps.ts";
import { ChangeDeadline } from "../guard/change-deadline.tsx";
import { wordsOf } from "../session/failure-words.ts";
import { useApp } from "../session/use-app.tsx";
import { ChangeLine, ChangeTable } from "../staged/change-table.tsx";
import { countWords } from "../staged/staged-map.ts";

interface PlanDiffProps {
  readonly plan: MapPlan;
  readonly columns: readonly Column[];
  /** the names of what is compared */
  readonly sides: string;
  /** null: there is nothing to apply */
  readonly apply: (() => void) | null;
  readonly back: () => void;
  readonly close: () => void;
}

const atOnce = 200;

/** What a file would change, before it does. */
export function PlanDiff({ plan, columns, sides, apply, back, close }: PlanDiffProps): React.ReactNode {
  const app = useApp();
  const [rows, setRows] = useState<readonly PlannedRow[]>([]);
  const [wanted, setWanted] = useState(atOnce);
  const [failed, setFailed] = useState<string | null>(null);
  const total = plan.added + plan.changed + plan.removed;
  useEffect(() => {
    let left = false;
    const from = rows.length;
    if (from >= Math.min(wanted, total)) return;
    app.request("maps.plannedRows", { plan: plan.plan, from, count: Math.min(wanted, total) - from }).then(
      (found) => {
        if (!left) setRows([...rows, ...found.rows]);
      },
      (error: unknown) => {
        if (!left) setFailed(wordsOf(error)?.title ?? null);
      },
    );
    return () => {
      left = true;
    };
  }, [app, plan.plan, rows, wanted, total]);
  const words = total === 0 ? "no difference" : countWords(plan);
  const same = plan.same === 0 ? "" : `, ${plan.same.toLocaleString("en")} the same`;
  const canApply = apply !== null && total > 0 && plan.unfit === null;
  return (
    <div className="open-form">
      <p role="status">
        <b className="mono">{sides}</b>: {words}
        <span className="mid">{same}</span>
      </p>
      {apply !== null && plan.unfit !== null && (
        <p className="bad-text" role="alert">
          {plan.unfit}
        </p>
      )}
      {failed !== null && (
        <p className="bad-text" role="alert">
          {failed}
        </p>
      )}
      {total > 0 && (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
        <div className="staged-list plan-list" tabIndex={0} role="region" aria-label="What differs">
          <ChangeTable columns={columns}>
            {rows.map((row, index) => (
              // rows are only ever added at the end
              // oxlint-disable-next-line react/no-array-index-key
              <ChangeLine key={index} is={row.is} before={row.before} after={row.after} columns={columns} />
            ))}
          </ChangeTable>
          {rows.length < total && (
            <Button className="button small" onPress={() => setWanted(wanted + 1000)}>
              {(total - rows.length).toLocaleString("en")} more: show {Math.min(1000, total - rows.length)}
            </Button>
          )}
        </div>
      )}
      <div className="dialog-buttons">
        {apply !== null && total > 0 && <ChangeDeadline />}
        <Button className="button" onPress={back}>
          Another file
        </Button>
        <Button className="button" onPress={close} autoFocus={!canApply}>
          {apply === null ? "Close" : "Cancel"}
        </Button>
        {apply !== null && (
          <Button className="button go" onPress={apply} isDisabled={!canApply} autoFocus={canApply}>
            Apply
          </Button>
        )}
      </div>
    </div>
  );
}
