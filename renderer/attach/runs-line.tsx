import { chosenInterface } from "../interfaces/chosen-interface.ts";
import { modeWord } from "../interfaces/places.ts";
import { useSession } from "../session/use-app.tsx";

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
