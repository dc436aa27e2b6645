import { useSession } from "../session/use-app.tsx";
import { CopyButton } from "./copy-button.tsx";

const time = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** The command-line twin of everything that was done, newest first. */
export function CommandsPanel(): React.ReactNode {
  const commands = useSession((state) => state.commands);
  if (commands.length === 0) {
    return (
      <p className="empty">
        Whatever you do here appears with the shell commands that do the same. Nothing was done yet.
      </p>
    );
  }
  return (
    <ol className="commands" aria-label="Commands" tabIndex={0}>
      {commands.toReversed().map(({ at, what, lines, xdpw, ok }) => (
        <li key={`${at} ${what} ${lines[0] ?? ""}`} className="command">
          <p className="command-head">
            <time className="dim number" dateTime={new Date(at).toISOString()}>
              {time.format(at)}
            </time>
            <b>{what}</b>
            <span className={ok ? "tag ok" : "tag bad"}>{ok ? "done" : "failed"}</span>
          </p>
          {lines.length > 0 && <Lines text={lines.join("\n")} of={`the shell lines of “${what}”`} />}
          {xdpw !== null && <Lines text={xdpw} of={`the xdpw command of “${what}”`} />}
        </li>
      ))}
    </ol>
  );
}

function Lines({ text, of }: { readonly text: string; readonly of: string }): React.ReactNode {
  return (
    <div className="shell">
      <pre>{text}</pre>
      <CopyButton text={text} of={of} />
    </div>
  );
}
