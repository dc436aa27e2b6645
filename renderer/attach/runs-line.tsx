import { modeWord, samePlace } from "../interfaces/places.ts";
import type { SessionState } from "../session/state.ts";
import { useSession } from "../session/use-app.tsx";

/** The chosen interface in the list, which is fresher than what its driver said when it was chosen. */
function chosenInterface({ interfaces, place }: SessionState) {
  if (place === null) return null;
  return interfaces?.interfaces.find((one) => samePlace(one, place)) ?? null;
}

export function RunsLine(): React.ReactNode {
  const chosen = useSession(chosenInterface);
  return (
    <p className="runs-line cut" role="status" aria-label="Attached program">
      {chosen === null ? (
        <span className="dim">no interface chosen</span>
      ) : (
        <>
          {chosen.name} runs{" "}
          {chosen.attached.length === 0 ? (
            <b>no XDP program</b>
          ) : (
            chosen.attached.map(({ mode, id, name, tag, jited }, index) => (
              <span key={id}>
                {index > 0 && " and "}
                <b>{name}</b>{" "}
                <span className="dim">
                  {modeWord(mode)} · id {id} · tag <span className="tag-hex">{tag}</span> ·{" "}
                  {jited ? "jited" : "not jited"}
                </span>
              </span>
            ))
          )}
        </>
      )}
    </p>
  );
}
