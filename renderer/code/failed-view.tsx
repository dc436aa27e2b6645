import { Button } from "react-aria-components";
import { Failed } from "../../protocol/failures.ts";
import { showPanel } from "../app/show-panel.ts";
import { wordsOf } from "../session/failure-words.ts";
import { unlock } from "../session/unlock.ts";
import { useApp } from "../session/use-app.tsx";

/** Why there is nothing to see, and the next step. */
export function FailedView({ failed, unlocks }: { readonly failed: unknown; readonly unlocks: string }) {
  const app = useApp();
  const words = wordsOf(failed);
  const kind = failed instanceof Failed ? failed.failure.kind : null;
  if (words === null) return null;
  return (
    <div className="empty" role="alert">
      <p>{capitalized(words.title)}</p>
      {words.detail !== "" && <p className="dim">{words.detail}</p>}
      {kind === "build-failed" && (
        <Button className="button" onPress={() => showPanel(app, "problems", "Problems")}>
          Show the problems
        </Button>
      )}
      {kind === "rejected" && (
        <Button className="button" onPress={() => showPanel(app, "verifier", "Verifier")}>
          Show the verdict
        </Button>
      )}
      {(kind === "no-privilege" || kind === "helper-gone") && (
        <Button className="button" onPress={() => void unlock(app, unlocks)}>
          Unlock
        </Button>
      )}
    </div>
  );
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
