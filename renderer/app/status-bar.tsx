import { Button } from "react-aria-components";
import type { HelperState, Session } from "../../protocol/session.ts";
import { LanguageLine } from "../editor/language/language-line.tsx";
import { activeSource, type OpenSource } from "../editor/open-sources.ts";
import { revealSource } from "../editor/reveal.ts";
import { unlock } from "../session/unlock.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { statusOf, tagOf, troubleOf } from "../verify/verdict-words.ts";
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
      {source !== null && <Finding source={source} />}
      {source !== null && source.object === undefined && cursor !== null && (
        <span className="number">
          Ln {cursor.line}, Col {cursor.column}
        </span>
      )}
    </footer>
  );
}

/** Where the line above the program is scrolled away, and while the text is not saved yet: the verdict all the same. */
function Finding({ source }: { readonly source: OpenSource }): React.ReactNode {
  const app = useApp();
  const trouble = troubleOf(source);
  const stale = source.editedSince ? " stale" : "";
  if (trouble === null) {
    const tag = source.dirty ? tagOf(source) : null;
    return tag?.tone === "ok" && <span className={`tag ok${stale}`}>{tag.text}</span>;
  }
  const { text, at } = trouble;
  if (at === null) return <span className={`bad-text cut${stale}`}>{text}</span>;
  return (
    <Button
      className={`link-button bad-text cut${stale}`}
      aria-label={`${text}: go there`}
      onPress={() => void revealSource(app, at.file, { line: at.line, column: Math.max(1, at.column) })}
    >
      {text}
    </Button>
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
