import { Button } from "react-aria-components";
import { dismiss, type Notice } from "../session/notices.ts";
import { useApp, useSession } from "../session/use-app.tsx";

/** What went wrong is docked above the status bar, where it covers nothing, until it is dismissed; news float and go. */
export function Notices(): React.ReactNode {
  const notices = useSession((state) => state.notices);
  return (
    <section className="notices" role="region" aria-label="Messages" data-region="messages">
      <ul className="news" aria-live="polite" aria-relevant="additions text">
        {notices
          .filter(({ kind }) => kind === "info")
          .map((notice) => (
            <Message key={notice.id} notice={notice} />
          ))}
      </ul>
      <ul className="docked" aria-live="polite" aria-relevant="additions text">
        {notices
          .filter(({ kind }) => kind === "error")
          .map((notice) => (
            <Message key={notice.id} notice={notice} />
          ))}
      </ul>
    </section>
  );
}

function Message({ notice: { id, kind, title, detail, action } }: { readonly notice: Notice }): React.ReactNode {
  const app = useApp();
  return (
    <li className={`notice ${kind}`}>
      {kind === "error" && <span className="codicon codicon-error" aria-hidden="true" />}
      <div className="grow">
        <p>{title}</p>
        {detail !== "" && <p className="mid">{detail}</p>}
      </div>
      {action !== null && (
        <Button
          className="button small"
          onPress={() => {
            dismiss(app, id);
            action.run();
          }}
        >
          {action.title}
        </Button>
      )}
      <Button className="icon-button" aria-label={`Dismiss: ${title}`} onPress={() => dismiss(app, id)}>
        <span className="codicon codicon-close" aria-hidden="true" />
      </Button>
    </li>
  );
}
