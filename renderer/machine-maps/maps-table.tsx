import { useRef, useState } from "react";
import type { MapShown } from "../../protocol/manage-maps.ts";
import { useApp } from "../session/use-app.tsx";
import { bytes, count } from "../verify/sizes.ts";
import { openShown } from "./map-deeds.ts";
import { MapMenu } from "./map-menu.tsx";
import { programAccess } from "./program-access.ts";
import { type MapOrder, type SortColumn, sortColumns } from "./sort-maps.ts";

const titles: Readonly<Record<SortColumn, string>> = {
  ...{ id: "id", name: "name", type: "type", key: "key B", value: "value B", entries: "max entries" },
  ...{ memory: "memory", users: "used by" },
};
const numbers: ReadonlySet<string> = new Set(["id", "key", "value", "entries", "memory"]);
const page = 15;

interface MapsTableProps {
  readonly maps: readonly MapShown[];
  readonly order: MapOrder;
  readonly onOrder: (order: MapOrder) => void;
}

/** One row has the focus: the arrow keys lead to the others, Enter opens its table, Tab leads to its menu. */
export function MapsTable({ maps, order, onOrder }: MapsTableProps): React.ReactNode {
  const app = useApp();
  const [active, setActive] = useState<number | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const at = Math.max(
    0,
    maps.findIndex(({ id }) => id === active),
  );
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || !(event.target instanceof HTMLTableRowElement)) return;
    const to = nextRow(event.key, at, maps.length);
    const map = maps[at];
    if (to !== null) {
      // at once: kept for the next drawing, it would take the focus from wherever it is by then
      const row = body.current?.rows[to];
      row?.focus();
      row?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && map !== undefined) openShown(app, map);
    else return;
    event.preventDefault();
  };
  return (
    <table role="grid" aria-label="Maps of this machine" className="maps-table" aria-rowcount={maps.length + 1}>
      <thead>
        <tr>
          {sortColumns.map((column) => {
            const sorted = order.column === column;
            return (
              <th
                key={column}
                scope="col"
                aria-sort={sorted ? (order.descending ? "descending" : "ascending") : "none"}
                className={numbers.has(column) ? "right" : undefined}
              >
                <button
                  type="button"
                  className="sort-button"
                  onClick={() => onOrder({ column, descending: sorted ? !order.descending : numbers.has(column) })}
                >
                  {titles[column]}
                  {sorted && (
                    <span
                      aria-hidden="true"
                      className={`codicon codicon-${order.descending ? "arrow-down" : "arrow-up"} sort-mark`}
                    />
                  )}
                </button>
              </th>
            );
          })}
          <th scope="col">
            <span className="unseen">what to do</span>
          </th>
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={onKeyDown}>
        {maps.map((map, index) => (
          <tr
            key={map.id}
            tabIndex={index === at ? 0 : -1}
            aria-label={map.name === "" ? `map ${map.id}` : map.name}
            onFocus={() => setActive(map.id)}
            onDoubleClick={() => openShown(app, map)}
          >
            <MapCells map={map} isActive={index === at} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function nextRow(key: string, at: number, rows: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ...{ ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -rows, End: rows },
  };
  const by = steps[key];
  return by === undefined ? null : Math.min(rows - 1, Math.max(0, at + by));
}

function MapCells({ map, isActive }: { readonly map: MapShown; readonly isActive: boolean }): React.ReactNode {
  const { id, name, type, keySize, valueSize, maxEntries, memory, frozen, btfId } = map;
  // the kernel takes devmaps for programs to read only, always
  const access = type.startsWith("devmap") ? null : programAccess(map);
  return (
    <>
      <td role="gridcell" className="right number">
        {id}
      </td>
      <td role="gridcell">
        <span className="map-name">
          {name === "" ? <span className="dim">no name</span> : <b>{name}</b>}
          {frozen && <span className="tag">frozen</span>}
          {access !== null && <span className="tag">{access}</span>}
          {btfId !== 0 && <span className="dim">BTF {btfId}</span>}
        </span>
      </td>
      <td role="gridcell" className="nowrap">
        {type.replaceAll("_", " ")}
      </td>
      <td role="gridcell" className="right number">
        {keySize}
      </td>
      <td role="gridcell" className="right number">
        {valueSize}
      </td>
      <td role="gridcell" className="right number">
        {count(maxEntries)}
      </td>
      <td role="gridcell" className="right number nowrap">
        {memory === null ? "" : bytes(Number(memory))}
      </td>
      <td role="gridcell">
        <Users map={map} />
      </td>
      <td role="gridcell" className="right">
        <MapMenu map={map} className="icon-button" inTabOrder={isActive}>
          <span className="codicon codicon-ellipsis" aria-hidden="true" />
        </MapMenu>
      </td>
    </>
  );
}

function Users({ map }: { readonly map: MapShown }): React.ReactNode {
  const { programs, pins, processes, outers, held } = map;
  if (programs.length + pins.length + processes.length + outers.length === 0 && !held) {
    return <span className="dim">nobody that could be found</span>;
  }
  return (
    <span className="map-users">
      {programs.map(({ id, name, type }) => (
        <span key={`program ${id}`} title={`${type} program, id ${id}`}>
          {name || "program"} <span className="dim">{id}</span>
        </span>
      ))}
      {pins.map((path) => (
        <span key={path} className="mono" title={`pinned at ${path}`}>
          {path}
        </span>
      ))}
      {processes.map(({ pid, name }) => (
        <span key={`process ${pid}`} title={`process ${pid} has it open`}>
          {name} <span className="dim">[{pid}]</span>
        </span>
      ))}
      {outers.map((id) => (
        <span key={`map ${id}`} title={`an entry of map of maps ${id}`}>
          in map <span className="dim">{id}</span>
        </span>
      ))}
      {held && <span className="tag warn">held while the workbench runs</span>}
    </span>
  );
}
