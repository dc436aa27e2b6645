import type { Table } from "../../protocol/maps.ts";
import { useSession } from "../session/use-app.tsx";
import type { MapTab, MapView } from "./map-view.ts";
import { mapTitle } from "./variable-maps.ts";
import { VariablesGrid } from "./variables-grid.tsx";

interface SectionPanelProps {
  readonly tab: MapTab;
  readonly view: MapView;
  readonly table: Table;
}

/** The global variables or constants of a program. */
export function SectionPanel({ tab, view, table }: SectionPanelProps): React.ReactNode {
  const unused = useSession(({ maps }) => maps?.find(({ id }) => id === tab.id)?.programs.length === 0);
  const { map, rows, readOnly } = table;
  return (
    <div className="map-panel">
      <div className="strip">
        <b>{mapTitle(map)}</b>
        <span className="dim cut">
          id {map.id} · {map.valueSize} B{tab.place === null ? "" : ` · ${tab.place.name}`}
        </span>
        {unused && view.gone === null && <span className="tag warn">no program uses it</span>}
        <span className="grow" />
        {readOnly !== null && <span className="tag">read only: {readOnly}</span>}
      </div>
      <GoneBanner title={mapTitle(map)} gone={view.gone} />
      {rows.length === 0 ? (
        <p className="empty">{map.name} has no entries yet. They appear as the program writes them.</p>
      ) : (
        <VariablesGrid tab={tab} view={view} table={table} />
      )}
    </div>
  );
}

export function GoneBanner({ title, gone }: { readonly title: string; readonly gone: string | null }): React.ReactNode {
  if (gone === null) return null;
  return (
    <p className="banner warn" role="status">
      {title} is not followed any more: {gone}. The last values are shown.
    </p>
  );
}
