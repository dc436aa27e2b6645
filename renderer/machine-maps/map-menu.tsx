import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import type { MapShown } from "../../protocol/manage-maps.ts";
import { useApp } from "../session/use-app.tsx";
import { clearMap, freezeMap, openShown, pinMap, releaseMap, titleOf, unpinMap } from "./map-deeds.ts";

/** What the kernel has no way to empty. */
const notCleared = /^(bloom_filter|ringbuf|user_ringbuf|perf_event_array|cgroup_array|struct_ops|arena|.*_storage)$/;

interface MapMenuProps {
  readonly map: MapShown;
  /** in the map's own tab there is nothing to open */
  readonly isOpen?: boolean;
  /** in a list only that of the row with the focus is */
  readonly inTabOrder?: boolean;
  readonly children: React.ReactNode;
  readonly className: string;
}

/** What can be done to a map itself. */
export function MapMenu({
  map,
  isOpen = false,
  inTabOrder = true,
  children,
  className,
}: MapMenuProps): React.ReactNode {
  const app = useApp();
  const act = (key: string): void => {
    if (key === "open") openShown(app, map);
    else if (key === "pin") pinMap(app, map);
    else if (key === "freeze") void freezeMap(app, map);
    else if (key === "clear") void clearMap(app, map);
    else if (key === "release") void releaseMap(app, map);
    else void unpinMap(app, map, key.slice("unpin ".length));
  };
  return (
    <MenuTrigger>
      <Button
        className={className}
        excludeFromTabOrder={!inTabOrder}
        aria-label={isOpen ? `Map: what to do with ${titleOf(map)}` : `What to do with ${titleOf(map)}`}
      >
        {children}
      </Button>
      <Popover className="popover" placement="bottom end" offset={2}>
        <Menu className="menu" aria-label={titleOf(map)} onAction={(key) => act(String(key))}>
          {isOpen ? null : (
            <MenuItem id="open" className="menu-item">
              Open as a table
            </MenuItem>
          )}
          <MenuItem id="pin" className="menu-item">
            Pin…
          </MenuItem>
          {map.pins.map((path) => (
            <MenuItem key={path} id={`unpin ${path}`} className="menu-item" textValue={`Unpin ${path}`}>
              <span>
                Unpin <span className="mono">{path}</span>…
              </span>
            </MenuItem>
          ))}
          {map.held ? (
            <MenuItem id="release" className="menu-item">
              Let go of it
            </MenuItem>
          ) : null}
          {map.frozen ? null : (
            <MenuItem id="freeze" className="menu-item">
              Freeze…
            </MenuItem>
          )}
          {map.frozen || notCleared.test(map.type) ? null : (
            <MenuItem id="clear" className="menu-item">
              Clear…
            </MenuItem>
          )}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
