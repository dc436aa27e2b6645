import { Button } from "react-aria-components";
import type { HelperState, Session } from "../../protocol/session.ts";
import { LanguageLine } from "../editor/language/language-line.tsx";
import { activeSource } from "../editor/open-sources.ts";
import { unlock } from "../session/unlock.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { statusOf } from "../verify/verdict-words.ts";
import { WorkLine } from "./work-line.tsx";

export function StatusBar(): React.ReactNode {
  const session = useSession((state) => state.session);
  const source = useSession(activeSource);
  const libbpf = useSession((state) => state.helper?.libbpf ?? null);
  const cursor = useSession((state) => state.cursor);
  return (
    <footer className="status-bar" data-region="status" aria-label="Status">
      <Helper />
      <span className="cut">{session === null ? "" : versions(session, libbpf)}</span>
      <WorkLine />
      <LanguageLine />
      <span className="grow" />
      <span role="status" aria-label="Verdict">
        {source === null ? "" : statusOf(source)}
      </span>
      {source !== null && source.object === undefined && cursor !== null && (
        <span className="number">
          Ln {cursor.line}, Col {cursor.column}
        </span>
      )}
    </footer>
  );
}

function Helper(): React.ReactNode {
  const app = useApp();
  const helper = useSession((state) => state.helper);
  if (helper === null) return <span>helper: not asked yet</span>;
  const startable = helper.state === "locked" || helper.state === "gone";
  return (
    <>
      <span title={helper.capabilities.join(", ") || helper.note}>{helperWords(helper)}</span>
      {startable && helper.way !== "none" && (
        <Button className="link-button" onPress={() => void unlock(app, "verify, attach and read maps")}>
          Unlock
        </Button>
      )}
    </>
  );
}

export function helperWords(helper: HelperState): string {
  switch (helper.state) {
    case "ready":
      return `● helper: root, ${helper.capabilities.length} ${helper.capabilities.length === 1 ? "capability" : "capabilities"}`;
    case "starting":
      return "◌ helper: starting…";
    case "locked":
      return "○ helper: you, nothing elevated yet";
    case "gone":
      return "○ helper: ended";
    default:
      return "";
  }
}

function versions({ toolchain, kernel }: Session, libbpf: string | null): string {
  const number = (line: string | null): string => line?.match(/\d+(\.\d+)?/)?.[0] ?? "missing";
  const short = kernel.match(/^\d+\.\d+/)?.[0] ?? kernel;
  return [
    `clang ${number(toolchain.clang)}`,
    `llc ${number(toolchain.llc)}`,
    ...(libbpf === null ? [] : [`libbpf ${number(libbpf)}`]),
    `Linux ${short}`,
  ].join(" · ");
}
