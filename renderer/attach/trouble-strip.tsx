import { useRef } from "react";
import { Button } from "react-aria-components";
import { useFocusBack } from "../app/focus-back.ts";
import { stopping } from "../preflight/preflight-lines.ts";
import { PreflightList } from "../preflight/preflight-list.tsx";
import { useApp, useSession } from "../session/use-app.tsx";
import { attachActive } from "./attach-program.ts";
import { clearTrouble } from "./attach-trouble.ts";
import { detachChosen } from "./detach-program.ts";

/** What kept the last attach or detach from happening: our sentence, the kernel's words, and what mends it. */
export function TroubleStrip(): React.ReactNode {
  const app = useApp();
  const trouble = useSession((state) => state.attachTrouble);
  const answer = useSession((state) => state.preflight?.answer ?? null);
  const mends = trouble?.doing === "attach" && answer !== null ? stopping(answer) : [];
  const strip = useRef<HTMLDivElement | null>(null);
  const { onFocus } = useFocusBack(strip);
  return (
    <div role="alert" aria-label="Attach and detach" ref={strip} onFocus={onFocus}>
      {trouble !== null && (
        <section className="trouble-strip" aria-label="What failed" data-region="trouble">
          <span className="codicon codicon-error" aria-hidden="true" />
          <div className="grow">
            <p>{trouble.title}</p>
            {trouble.said !== "" && <p className="mid">{trouble.said}</p>}
            {trouble.next.map((line) => (
              <p key={line}>{line}</p>
            ))}
            {mends.length > 0 && <PreflightList places={mends} bare={answer?.places.length === 1} />}
          </div>
          {trouble.doing !== "detach-all" && (
            <Button
              className="button small"
              onPress={() => void (trouble.doing === "attach" ? attachActive(app) : detachChosen(app))}
            >
              Try again
            </Button>
          )}
          <Button className="icon-button" aria-label={`Dismiss: ${trouble.title}`} onPress={() => clearTrouble(app)}>
            <span className="codicon codicon-close" aria-hidden="true" />
          </Button>
        </section>
      )}
    </div>
  );
}
