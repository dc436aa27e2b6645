import { Button } from "react-aria-components";
import { dismiss } from "../session/notices.ts";
import { useApp, useSession } from "../session/use-app.tsx";

export function Notices(): React.ReactNode {
  const app = useApp();
  const notices = useSession((state) => state.notices);
  return (
    <section className="notices" role="region" aria-label="Messages">
      <ul aria-live="polite" aria-relevant="additions text">
        {notices.map(({ id, kind, title, detail, action }) => (
          <li key={id} className={`notice ${kind}`}>
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
        ))}
      </ul>
    </section>
  );
}
