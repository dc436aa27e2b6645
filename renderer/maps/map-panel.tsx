import { Button } from "react-aria-components";
import { useApp, useSession } from "../session/use-app.tsx";
import { watchMap } from "./open-map.ts";
import { SectionPanel } from "./section-panel.tsx";
import { TablePanel } from "./table-panel.tsx";
import { mapTitle } from "./variable-maps.ts";

/** One map: live, and editable where the kernel allows it. The variables of a section are a list, all others a table. */
export function MapPanel({ tab }: { readonly tab: string }): React.ReactNode {
  const app = useApp();
  const open = useSession(({ mapTabs }) => mapTabs.find((one) => one.tab === tab));
  const view = useSession(({ mapViews }) => (open === undefined ? undefined : mapViews.get(open.id)));
  const rows = useSession(({ rowViews }) => (open === undefined ? undefined : rowViews.get(open.id)));
  if (open === undefined) return null;
  if (rows !== undefined) return <TablePanel key={open.id} tab={open} view={rows} />;
  if (view === undefined) return <p className="empty">Reading {mapTitle(open)}…</p>;
  if (view.table === null) {
    return (
      <div className="empty">
        <p>
          {mapTitle(open)} (id {open.id}) cannot be read: {view.gone}
        </p>
        <Button className="button" onPress={() => void watchMap(app, open.id)}>
          Try again
        </Button>
      </div>
    );
  }
  return <SectionPanel tab={open} view={view} table={view.table} />;
}
