import type { App } from "../session/app.ts";
import { showDialog } from "../session/dialog.ts";

export const mapsKey = "Alt+Shift+M";

export function showMaps(app: App): void {
  app.panels.show({ id: "maps", where: "editors", name: "Maps" });
}

export function showNewMap(app: App): void {
  showDialog(app, { kind: "new-map" });
}
