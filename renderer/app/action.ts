/** One thing that can be done from the menus, the palette and the keys. */
import type { App } from "../session/app.ts";
import type { SessionState } from "../session/state.ts";

export type MenuName = "File" | "Edit" | "View" | "Program" | "Map" | "Lab" | "Help";
export const menuNames: readonly MenuName[] = ["File", "Edit", "View", "Program", "Map", "Lab", "Help"];

export interface Action {
  readonly id: string;
  readonly menu: MenuName;
  readonly title: string;
  /** "Ctrl+Shift+A"; null where it has none */
  readonly keys: string | null;
  readonly run: (app: App) => void;
  readonly enabled?: (state: SessionState) => boolean;
  /** a line above it in the menu */
  readonly apart?: boolean;
  /** not in the menus: the palette and settings.json know it */
  readonly hidden?: boolean;
}

export const hasSource = ({ active }: SessionState): boolean => active !== null;
/** an object has none */
export const hasText = ({ active, sources }: SessionState): boolean =>
  active !== null && sources.find(({ path }) => path === active)?.object === undefined;
export const hasPlace = ({ place }: SessionState): boolean => place !== null;

/** on the path of the source that is shown, if any is */
export function withActive(app: App, run: (path: string) => Promise<unknown>): void {
  const { active } = app.store.get();
  if (active !== null) void run(active);
}
