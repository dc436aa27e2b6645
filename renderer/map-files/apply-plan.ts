/** What a file would change, changed: told and settled below the table, as staged changes are. */
import type { MapPlan } from "../../protocol/map-files.ts";
import { confirmOf } from "../guard/deadline.ts";
import { hearGuard } from "../guard/hear-guards.ts";
import type { MapTab } from "../maps/map-view.ts";
import { readRowsNow } from "../maps/watch-rows.ts";
import type { App } from "../session/app.ts";
import { notifyFailure } from "../session/notices.ts";
import { work } from "../session/work.ts";
import { reportWords } from "../staged/apply-staged.ts";
import { changeStaged } from "../staged/change-staged.ts";

export async function applyPlan(app: App, tab: MapTab, plan: MapPlan, title: string): Promise<void> {
  const total = plan.added + plan.changed + plan.removed;
  changeStaged(app, tab.id, (now) => ({ ...now, applying: { done: 0, total } }));
  try {
    const report = await work(app, { kind: "maps", title: `${title} into ${tab.name}` }, (token) =>
      app.request("maps.applyPlan", { plan: plan.plan, title, ...confirmOf(app.store.get()) }, token),
    );
    const { conflicts, guard } = report;
    if (guard !== undefined) hearGuard(app, guard);
    const told = `${title}: ${reportWords(report, tab.name)}`;
    changeStaged(app, tab.id, (now) => ({ ...now, applying: null, conflicts, told }));
  } catch (error) {
    changeStaged(app, tab.id, (now) => ({ ...now, applying: null }));
    notifyFailure(app, `${title} into ${tab.name}`, error);
  }
  await readRowsNow(app, tab.id);
}
