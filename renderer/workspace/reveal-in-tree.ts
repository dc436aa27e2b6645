/** Shows a file in the tree of the workspace, and gives it the focus. */
import type { App } from "../session/app.ts";
import { notify } from "../session/notices.ts";
import { expandTo } from "./open-workspace.ts";

export async function revealInTree(app: App, path: string): Promise<void> {
  app.store.set({ sidebar: true });
  if (!(await expandTo(app, path))) {
    notify(app, { kind: "info", title: `${path} is not in the workspace` });
    return;
  }
  requestAnimationFrame(() => {
    const row = [...document.querySelectorAll<HTMLElement>("[data-tree] [data-key]")].find(
      ({ dataset }) => dataset["key"] === path,
    );
    row?.scrollIntoView({ block: "nearest" });
    row?.focus();
  });
}
