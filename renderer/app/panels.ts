/** The docked panels: which tabs there are, and showing and closing them. */
import {
  Actions,
  DockLocation,
  type IJsonModel,
  type IJsonTabNode,
  Model,
  TabNode,
  TabSetNode,
} from "flexlayout-react";
import { readSetting, writeSetting } from "../session/settings.ts";

export interface Panels {
  readonly model: Model;
  /** id: "start", "source:PATH", "interface:KEY", "map:ID", "problems", …; makes the tab where there is none, and brings it to the front */
  show(panel: { readonly id: string; readonly where: "editors" | "panels"; readonly name?: string }): void;
  /** at the right of where a source was used last; where it is there already, it comes to the front in its place */
  showBeside(panel: { readonly id: string; readonly name: string }): void;
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
  /** another view of the source, at the right of where it is */
  split(path: string): void;
  /** the shown tab goes into the next tab set of its kind, or into a new one at the right where there is no other */
  moveAside(): void;
  /** further views of a source that is closed */
  closeViews(path: string): void;
  /** closes the tabs of sources that are not open: of the last time, and not to be read any more */
  forgetMissing(isOpen: (path: string) => boolean): void;
  /** every panel back where it is at first; sources stay open */
  reset(): void;
}

/** "source:PATH", and "view:NUMBER:PATH" for a further view; null for every other tab */
export function pathOfTab(id: string): string | null {
  return /^(?:source|view:\d+):(.*)$/s.exec(id)?.[1] ?? null;
}

const fixed = { enableClose: false } as const;

/** Until there is a source there is little to say of one: the panels are a strip, and grow with what they show. */
const atFirst = { editors: 86, panels: 14 } as const;
const usual = { editors: 66, panels: 34 } as const;
/** A map without a source above it is what the user works with: it gets the greater part. */
const forMaps = { editors: 38, panels: 62 } as const;
const ours: readonly number[] = [atFirst, usual, forMaps].map(({ panels }) => panels);

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
        weight: atFirst.editors,
        enableDeleteWhenEmpty: false,
        active: true,
        children: [],
      },
      {
        type: "tabset",
        id: "panels",
        name: "Results",
        weight: atFirst.panels,
        enableDeleteWhenEmpty: false,
        children: [
          { type: "tab", id: "problems", name: "Problems", component: "problems", ...fixed },
          { type: "tab", id: "verifier", name: "Verifier", component: "verifier", ...fixed },
          { type: "tab", id: "tests", name: "Tests", component: "tests", ...fixed },
          { type: "tab", id: "search", name: "Search", component: "search", ...fixed },
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

const setting = "layout";
const keepMilliseconds = 300;

/** As it was left; what cannot be shown at once (maps, interfaces) is left out, and what is new is added. */
function startModel(): Model {
  const stored = readSetting(setting);
  if (stored === null) return Model.fromJson(layout);
  try {
    const model = Model.fromJson(JSON.parse(stored) as IJsonModel);
    const tabs: TabNode[] = [];
    model.visitNodes((node) => {
      if (node instanceof TabNode) tabs.push(node);
    });
    for (const tab of tabs) {
      const id = tab.getId();
      if (pathOfTab(id) === null && !lasting.has(id)) model.doAction(Actions.deleteTab(id));
    }
    for (const set of ["editors", "panels"]) if (!(model.getNodeById(set) instanceof TabSetNode)) throw new Error(set);
    for (const tab of fixedTabs) {
      if (model.getNodeById(tab.id ?? "") === undefined) {
        model.doAction(Actions.addTab(tab, "panels", DockLocation.CENTER, -1, false));
      }
    }
    return model;
  } catch {
    // of another version, or not ours
    return Model.fromJson(layout);
  }
}

/** in the layout from the start */
const fixedTabs = (layout.layout.children ?? []).flatMap((child) =>
  "children" in child ? child.children : [],
) as readonly IJsonTabNode[];
/** among the sources, and there only when they were asked for */
const besides = ["start", "shortcuts", "code", "redirects"];
const lasting = new Set([...fixedTabs.map(({ id }) => id ?? ""), ...besides]);

export function createPanels(): Panels {
  const model = startModel();
  let keeping: ReturnType<typeof setTimeout> | null = null;
  const keep = (): void => {
    keeping = null;
    writeSetting(setting, JSON.stringify(model.toJson()));
  };
  const weigh = (weights: Readonly<Record<"editors" | "panels", number>>): void => {
    for (const set of ["editors", "panels"] as const) {
      model.doAction(Actions.updateNodeAttributes(set, { weight: weights[set] }));
    }
  };
  const panelsSet = model.getNodeById("panels");
  /** the panels' weight as long as nobody has drawn the border; null: as the user wants it */
  let weight = panelsSet instanceof TabSetNode ? (ours.find((one) => one === panelsSet.getWeight()) ?? null) : null;
  const growWhereNeeded = (asked: boolean): void => {
    if (weight === null) return;
    const hasSource = all().some((node) => pathOfTab(node.getId()) !== null);
    const hasMap = all().some((node) => node.getId().startsWith("map:") && setOf(node)?.getId() === "panels");
    const wanted = hasMap && !hasSource ? forMaps : weight !== atFirst.panels || asked || hasSource ? usual : atFirst;
    if (wanted.panels === weight) return;
    weight = wanted.panels;
    weigh(wanted);
  };
  model.addChangeListener((action) => {
    keeping ??= setTimeout(keep, keepMilliseconds);
    // as the user wants it from now on
    if (action?.type === Actions.ADJUST_WEIGHTS) weight = null;
    const id: unknown = action?.type === Actions.SELECT_TAB ? action.data["tabNode"] : null;
    growWhereNeeded(typeof id === "string" && setOf(tab(id))?.getId() === "panels");
  });
  const tab = (id: string): TabNode | null => {
    const node = model.getNodeById(id);
    return node instanceof TabNode ? node : null;
  };
  const all = (): readonly TabNode[] => {
    const found: TabNode[] = [];
    model.visitNodes((node) => {
      if (node instanceof TabNode) found.push(node);
    });
    return found;
  };
  const setOf = (node: TabNode | null): TabSetNode | null => {
    const parent = node?.getParent();
    return parent instanceof TabSetNode ? parent : null;
  };
  /** new sources open where a source was used last */
  const editors = (): string => {
    const active = model.getActiveTabset();
    const hasSource = active?.getChildren().some((child) => pathOfTab(child.getId()) !== null) === true;
    return hasSource ? active.getId() : "editors";
  };
  growWhereNeeded(false);
  return {
    model,
    show({ id, where, name }) {
      if (tab(id) !== null) {
        model.doAction(Actions.selectTab(id));
        return;
      }
      const [component = id] = id.split(":", 1);
      const json = { type: "tab", id, name: name ?? id.slice(id.lastIndexOf("/") + 1), component };
      const wanted = where === "editors" ? editors() : where;
      // The tabset may be gone when the user dragged its last tab away.
      const target = model.getNodeById(wanted) === undefined ? model.getActiveTabset()?.getId() : wanted;
      if (target !== undefined) model.doAction(Actions.addTab(json, target, DockLocation.CENTER, -1, true));
      // a new one there was asked for, such as a map's
      if (where === "panels") growWhereNeeded(true);
    },
    showBeside({ id, name }) {
      const maximized = model.getMaximizedTabset();
      if (maximized !== undefined && setOf(tab(id)) !== maximized) {
        model.doAction(Actions.maximizeToggle(maximized.getId()));
      }
      if (tab(id) !== null) {
        model.doAction(Actions.selectTab(id));
        return;
      }
      const target = model.getNodeById(editors()) === undefined ? model.getActiveTabset()?.getId() : editors();
      const json = { type: "tab", id, name, component: id };
      if (target !== undefined) model.doAction(Actions.addTab(json, target, DockLocation.RIGHT, -1, true));
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
      for (const node of all()) {
        const set = setOf(node);
        if (set === null || node.getPath() !== path) continue;
        if (model.getActiveTabset() !== set) model.doAction(Actions.setActiveTabset(set.getId()));
      }
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
    split(path) {
      const shown = all().find((node) => pathOfTab(node.getId()) === path && node.isVisible()) ?? tab(`source:${path}`);
      const set = shown === null || shown === undefined ? null : setOf(shown);
      if (set === null) return;
      let number = 2;
      while (tab(`view:${number}:${path}`) !== null) number++;
      const id = `view:${number}:${path}`;
      const json = { type: "tab", id, name: path.slice(path.lastIndexOf("/") + 1), component: "view" };
      model.doAction(Actions.addTab(json, set.getId(), DockLocation.RIGHT, -1, true));
    },
    moveAside() {
      const active = model.getActiveTabset();
      const shown = active?.getSelectedNode();
      if (active === undefined || !(shown instanceof TabNode)) return;
      const isPanel = lasting.has(shown.getId()) && !besides.includes(shown.getId());
      const others: TabSetNode[] = [];
      model.visitNodes((node) => {
        if (node instanceof TabSetNode && node !== active && (node.getId() === "panels") === isPanel) others.push(node);
      });
      const next = others[0];
      if (next !== undefined) {
        model.doAction(Actions.moveNode(shown.getId(), next.getId(), DockLocation.CENTER, -1, true));
      } else if (active.getChildren().length > 1) {
        model.doAction(Actions.moveNode(shown.getId(), active.getId(), DockLocation.RIGHT, -1, true));
      }
    },
    closeViews(path) {
      for (const node of all()) {
        const id = node.getId();
        if (id.startsWith("view:") && pathOfTab(id) === path) model.doAction(Actions.deleteTab(id));
      }
    },
    forgetMissing(isOpen) {
      for (const node of all()) {
        const path = pathOfTab(node.getId());
        if (path !== null && !isOpen(path)) model.doAction(Actions.deleteTab(node.getId()));
      }
    },
    reset() {
      if (tab("code") !== null) model.doAction(Actions.deleteTab("code"));
      const others = all().filter((node) => !lasting.has(node.getId()));
      for (const node of others) {
        if (!node.getId().startsWith("view:")) {
          model.doAction(Actions.moveNode(node.getId(), "editors", DockLocation.CENTER, -1, false));
        } else model.doAction(Actions.deleteTab(node.getId()));
      }
      for (const { id = "" } of fixedTabs)
        model.doAction(Actions.moveNode(id, "panels", DockLocation.CENTER, -1, false));
      weight = usual.panels;
      weigh(usual);
      growWhereNeeded(false);
    },
  };
}
