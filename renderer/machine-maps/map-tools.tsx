import { useEffect } from "react";
import { useApp, useSession } from "../session/use-app.tsx";
import { MapMenu } from "./map-menu.tsx";
import { readOverview } from "./read-overview.ts";

/** In the map's own tab: what can be done to it, and what it is. */
export function MapTools({ id }: { readonly id: number }): React.ReactNode {
  const app = useApp();
  const map = useSession(({ overview }) => overview?.find((one) => one.id === id));
  const listed = useSession(({ maps }) => maps?.some((one) => one.id === id) === true);
  useEffect(() => {
    if (map === undefined && listed) void readOverview(app);
  }, [app, map, listed]);
  if (map === undefined) return null;
  return (
    <MapMenu map={map} isOpen className="button small">
      Map <span aria-hidden="true">▾</span>
    </MapMenu>
  );
}
