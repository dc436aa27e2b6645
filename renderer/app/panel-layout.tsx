import { Actions, type Action, type ITabRenderValues, Layout, type TabNode } from "flexlayout-react";
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { CommandsPanel } from "../commands/commands-panel.tsx";
import { closeSource } from "../editor/close-source.ts";
import { shortName } from "../editor/open-sources.ts";
import { SourcePanel } from "../editor/source-panel.tsx";
import { InterfacePanel } from "../interfaces/interface-panel.tsx";
import { TrafficPanel } from "../lab/traffic-panel.tsx";
import { MapPanel } from "../maps/map-panel.tsx";
import { closeMap } from "../maps/open-map.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { StartPage } from "../templates/start-page.tsx";
import { ProblemsPanel } from "../verify/problems-panel.tsx";
import { VerifierPanel } from "../verify/verifier-panel.tsx";
import { SearchPanel } from "../workspace/search-panel.tsx";
import { activeRun, countsOf } from "../packets/packet-runs.ts";
import { pathOfTab } from "./panels.ts";
import { stepIntoPanel } from "./regions.ts";
import { ShortcutsPage } from "./shortcuts-page.tsx";

const CodePanel = lazy(async () => ({ default: (await import("../code/code-panel.tsx")).CodePanel }));
const TestsPanel = lazy(async () => ({ default: (await import("../packets/tests-panel.tsx")).TestsPanel }));
const RedirectsPanel = lazy(async () => ({
  default: (await import("../redirects/redirects-panel.tsx")).RedirectsPanel,
}));
const MapsPanel = lazy(async () => ({ default: (await import("../machine-maps/maps-panel.tsx")).MapsPanel }));
const ObjectPanel = lazy(async () => ({ default: (await import("../object/object-panel.tsx")).ObjectPanel }));

/** Its code comes when it is shown. */
function later(panel: React.ReactNode): React.ReactNode {
  return <Suspense fallback={<p className="empty">Opening…</p>}>{panel}</Suspense>;
}

function content(node: TabNode): React.ReactNode {
  const id = node.getId();
  const rest = id.slice(id.indexOf(":") + 1);
  switch (node.getComponent()) {
    case "start":
      return <StartPage />;
    case "source":
    case "view":
      return <SourceTab path={pathOfTab(id) ?? rest} />;
    case "search":
      return <SearchPanel />;
    case "interface":
      return <InterfacePanel of={rest} />;
    case "problems":
      return <ProblemsPanel />;
    case "verifier":
      return <VerifierPanel />;
    case "tests":
      return later(<TestsPanel />);
    case "traffic":
      return <TrafficPanel />;
    case "redirects":
      return later(<RedirectsPanel />);
    case "maps":
      return later(<MapsPanel />);
    case "code":
      return later(<CodeTab node={node} />);
    case "commands":
      return <CommandsPanel />;
    case "map":
      return <MapPanel tab={id} />;
    case "shortcuts":
      return <ShortcutsPage />;
    default:
      return null;
  }
}

/** What nobody sees is not built over and over. */
function CodeTab({ node }: { readonly node: TabNode }): React.ReactNode {
  const [seen, setSeen] = useState(node.isVisible());
  useEffect(() => {
    node.setEventListener("visibility", ({ visible }: { readonly visible: boolean }) => setSeen(visible));
    return () => node.removeEventListener("visibility");
  }, [node]);
  return <CodePanel seen={seen} />;
}

/** Tabs of the last time are there before their texts are. */
function SourceTab({ path }: { readonly path: string }): React.ReactNode {
  const source = useSession(({ sources }) => sources.find((one) => one.path === path));
  if (source === undefined) return <p className="empty">Opening {path}…</p>;
  return source.object === undefined ? <SourcePanel path={path} /> : later(<ObjectPanel path={path} />);
}

const icons = {
  close: <span className="codicon codicon-close" aria-hidden="true" />,
  maximize: <span className="codicon codicon-chrome-maximize" aria-hidden="true" />,
  restore: <span className="codicon codicon-chrome-restore" aria-hidden="true" />,
  more: <span className="codicon codicon-chevron-down" aria-hidden="true" />,
};

export function PanelLayout(): React.ReactNode {
  const app = useApp();
  const sources = useSession((state) => state.sources);
  const tests = useSession((state) => countsOf(activeRun(state))?.text ?? null);
  const testsPass = useSession((state) => countsOf(activeRun(state))?.good === true);
  const onAction = useCallback(
    (action: Action): Action | undefined => {
      const id: unknown = action.data["node"] ?? action.data["tabNode"];
      if (typeof id !== "string") return action;
      if (action.type === Actions.DELETE_TAB) {
        if (id.startsWith("source:")) {
          void closeSource(app, id.slice("source:".length));
          return undefined;
        }
        if (id.startsWith("map:")) {
          closeMap(app, id);
          return undefined;
        }
      }
      const shown = action.type === Actions.SELECT_TAB ? pathOfTab(id) : null;
      if (shown !== null && app.store.get().sources.some(({ path }) => path === shown)) {
        app.store.set({ active: shown });
      }
      return action;
    },
    [app],
  );
  const onRenderTab = useCallback(
    (node: TabNode, values: ITabRenderValues) => {
      if (node.getId() === "tests" && tests !== null) {
        // what is read out is what is seen; the field is there, and missing in its declaration
        Object.assign(values, { name: `Tests ${tests}` });
        values.content = (
          <span>
            Tests <span className={testsPass ? "tag ok" : "tag bad"}>{tests}</span>
          </span>
        );
      }
      const path = pathOfTab(node.getId());
      if (path === null) return;
      const dirty = sources.find((source) => source.path === path)?.dirty === true;
      values.content = (
        <span title={path}>
          {shortName(path, sources)}
          {dirty && <span aria-hidden="true"> ●</span>}
        </span>
      );
    },
    [sources, tests, testsPass],
  );
  return (
    <div
      className="panel-layout"
      onFocus={({ target }) => app.panels.noticeFocus(target)}
      onKeyDownCapture={stepIntoPanel}
    >
      <Layout
        model={app.panels.model}
        factory={content}
        icons={icons}
        onAction={onAction}
        onRenderTab={onRenderTab}
        invalidateTabContentOnParentRender={false}
      />
    </div>
  );
}
