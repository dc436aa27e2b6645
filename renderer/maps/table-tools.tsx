import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { useApp } from "../session/use-app.tsx";
import { FilesMenu } from "../map-files/files-menu.tsx";
import type { GridPrefs } from "./grid-prefs.ts";
import { LayoutButton } from "./layout-dialog.tsx";
import type { RowsView } from "./rows-view.ts";
import { readRowsNow, setEvery } from "./watch-rows.ts";

interface TableToolsProps {
  readonly view: RowsView;
  readonly prefs: GridPrefs;
  readonly onPrefs: (change: Partial<GridPrefs>) => void;
}

const paces: readonly (readonly [number | null, string])[] = [
  [200, "5 times a second"],
  [500, "twice a second"],
  [1000, "every second"],
  [5000, "every 5 seconds"],
  [30_000, "every 30 seconds"],
  [null, "when asked"],
];

/** How live the table is, and which columns it has. */
export function TableTools({ view, prefs, onPrefs }: TableToolsProps): React.ReactNode {
  const app = useApp();
  const { id } = view.state;
  const { columns, cpus } = view.face;
  const pace = paces.find(([every]) => every === view.every)?.[1] ?? `every ${view.every} ms`;
  const hidden = columns.filter(({ from, path }) => prefs.hidden.includes(`${from}:${path}`));
  return (
    <>
      <LayoutButton view={view} />
      {columns.some(({ counts }) => counts) && (
        <Toggle title="Rates" on={prefs.rates} set={(rates) => onPrefs({ rates })} />
      )}
      {cpus > 0 && <Toggle title="CPU columns" on={prefs.cpus} set={(on) => onPrefs({ cpus: on })} />}
      {prefs.hidden.length > 0 && (
        <MenuTrigger>
          <Button className="button small">{prefs.hidden.length} hidden</Button>
          <Popover className="popover" placement="bottom end" offset={2}>
            <Menu
              className="menu"
              aria-label="Hidden columns"
              onAction={(key) => onPrefs({ hidden: key === "all" ? [] : prefs.hidden.filter((one) => one !== key) })}
            >
              {hidden.map(({ from, path }) => (
                <MenuItem key={path} id={`${from}:${path}`} className="menu-item">
                  Show {path}
                </MenuItem>
              ))}
              <MenuItem id="all" className="menu-item">
                Show all columns
              </MenuItem>
            </Menu>
          </Popover>
        </MenuTrigger>
      )}
      <MenuTrigger>
        <Button className="button small" aria-label={`Read ${pace}`}>
          <span className="codicon codicon-sync" aria-hidden="true" /> {view.every === null ? "paused" : pace}
        </Button>
        <Popover className="popover" placement="bottom end" offset={2}>
          <Menu
            className="menu"
            aria-label="How often the map is read"
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[String(view.every)]}
            onAction={(key) => {
              if (key === "now") return void readRowsNow(app, id);
              const every = key === "null" ? null : Number(key);
              onPrefs({ every });
              void setEvery(app, id, every);
            }}
          >
            {paces.map(([every, title]) => (
              <MenuItem key={String(every)} id={String(every)} className="menu-item">
                {title}
              </MenuItem>
            ))}
            <MenuItem id="now" className="menu-item">
              Read now
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      <FilesMenu view={view} />
    </>
  );
}

interface ToggleProps {
  readonly title: string;
  readonly on: boolean;
  readonly set: (on: boolean) => void;
}

export function Toggle({ title, on, set }: ToggleProps): React.ReactNode {
  return (
    <Button className={on ? "button small on" : "button small"} aria-pressed={on} onPress={() => set(!on)}>
      {title}
    </Button>
  );
}
