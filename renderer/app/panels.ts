/** The docked panels: which tabs there are, and showing and closing them. */
import { Actions, DockLocation, type IJsonModel, Model, TabNode, TabSetNode } from "flexlayout-react";

export interface Panels {
  readonly model: Model;
  /** id: "start", "source:PATH", "interface:KEY", "map:ID", "problems", …; makes the tab where there is none, and brings it to the front */
  show(panel: { readonly id: string; readonly where: "editors" | "panels"; readonly name?: string }): void;
  close(id: string): void;
  has(id: string): boolean;
  isShown(id: string): boolean;
  /** the tab set in which something has the focus becomes the one that Close tab and Next tab mean */
  noticeFocus(target: Element): void;
  /** of the tab set that was used last */
  activeTab(): string | null;
  toggleMaximized(): void;
  /** one tab further in the tab strip that has the focus */
  step(by: 1 | -1): void;
}

const fixed = { enableClose: false } as const;

const layout: IJsonModel = {
  global: {
    rootOrientationVertical: true,
    tabEnableRename: false,
    tabEnablePopout: false,
    tabSetEnableMaximize: true,
    tabSetMinHeight: 80,
    tabSetMinWidth: 160,
    tabSetEnableTabScrollbar: false,
    tabEnableScrollbars: false,
  },
  borders: [],
  layout: {
    type: "row",
    children: [
      {
        type: "tabset",
        id: "editors",
        name: "Sources and interfaces",
        weight: 66,
        enableDeleteWhenEmpty: false,
        active: true,
        children: [],
      },
      {
        type: "tabset",
        id: "panels",
        name: "Results",
        weight: 34,
        enableDeleteWhenEmpty: false,
        children: [
          { type: "tab", id: "problems", name: "Problems", component: "problems", ...fixed },
          { type: "tab", id: "verifier", name: "Verifier", component: "verifier", ...fixed },
          { type: "tab", id: "traffic", name: "Traffic", component: "traffic", ...fixed },
          { type: "tab", id: "commands", name: "Commands", component: "commands", ...fixed },
        ],
      },
    ],
  },
};

/** What had the focus may have gone with its tab: then the tab that is shown now gets it. */
function keepFocus(): void {
  if (document.activeElement !== document.body && document.activeElement !== null) return;
  document.querySelector<HTMLElement>('.flexlayout__tabset [role="tab"][aria-selected="true"]')?.focus();
}

export function createPanels(): Panels {
  const model = Model.fromJson(layout);
  const tab = (id: string): TabNode | null => {
    const node = model.getNodeById(id);
    return node instanceof TabNode ? node : null;
  };
  return {
    model,
    show({ id, where, name }) {
      if (tab(id) !== null) {
        model.doAction(Actions.selectTab(id));
        return;
      }
      const [component = id] = id.split(":", 1);
      const json = { type: "tab", id, name: name ?? id.slice(id.lastIndexOf("/") + 1), component };
      // The tabset may be gone when the user dragged its last tab away.
      const target = model.getNodeById(where) === undefined ? model.getActiveTabset()?.getId() : where;
      if (target !== undefined) model.doAction(Actions.addTab(json, target, DockLocation.CENTER, -1, true));
    },
    close(id) {
      if (tab(id) === null) return;
      model.doAction(Actions.deleteTab(id));
      setTimeout(keepFocus);
    },
    has: (id) => tab(id) !== null,
    isShown: (id) => tab(id)?.isVisible() ?? false,
    activeTab: () => model.getActiveTabset()?.getSelectedNode()?.getId() ?? null,
    noticeFocus(target) {
      const path = target.closest<HTMLElement>('[role="tabpanel"]')?.dataset["layoutPath"];
      if (path === undefined) return;
      model.visitNodes((node) => {
        const set = node.getParent();
        if (!(node instanceof TabNode) || !(set instanceof TabSetNode) || node.getPath() !== path) return;
        if (model.getActiveTabset() !== set) model.doAction(Actions.setActiveTabset(set.getId()));
      });
    },
    toggleMaximized() {
      const active = model.getActiveTabset();
      if (active !== undefined) model.doAction(Actions.maximizeToggle(active.getId()));
    },
    step(by) {
      const active = model.getActiveTabset();
      if (active === undefined) return;
      const count = active.getChildren().length;
      if (count === 0) return;
      const next = active.getChildren()[(active.getSelected() + by + count) % count];
      if (next !== undefined) model.doAction(Actions.selectTab(next.getId()));
    },
  };
}
