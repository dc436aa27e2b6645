import { useMemo } from "react";
import type { NetworkInterface } from "../../protocol/interfaces.ts";
import { chosenInterface } from "../interfaces/chosen-interface.ts";
import { modeWord, samePlace } from "../interfaces/places.ts";
import { useSession } from "../session/use-app.tsx";

export function RunsLine(): React.ReactNode {
  const chosen = useSession(chosenInterface);
  const listing = useSession((state) => state.interfaces);
  const also = useSession((state) => state.alsoPlaces);
  const others = useMemo(
    () => (listing?.interfaces ?? []).filter((one) => also.some((place) => samePlace(place, one))),
    [listing, also],
  );
  return (
    <p className="runs-line cut" role="status" aria-label="Attached program">
      {chosen === null ? (
        <span className="dim">no interface chosen</span>
      ) : (
        <Runs of={chosen} short={others.length > 0} />
      )}
      {others.map((one) => (
        <span key={`${one.netns ?? ""}/${one.ifindex}`}>
          {" · "}
          <Runs of={one} short />
        </span>
      ))}
    </p>
  );
}

function Runs({ of, short }: { readonly of: NetworkInterface; readonly short: boolean }): React.ReactNode {
  return (
    <>
      {of.name} runs{" "}
      {of.attached.length === 0 ? (
        <b>{short ? "nothing" : "no XDP program"}</b>
      ) : (
        of.attached.map(({ mode, id, name, tag, jited }, index) => (
          <span key={id}>
            {index > 0 && " and "}
            <b>{name}</b>{" "}
            <span className="dim">
              {modeWord(mode)} · id {id}
              {!short && (
                <>
                  {" "}
                  · tag <span className="tag-hex">{tag}</span> · {jited ? "jited" : "not jited"}
                </>
              )}
            </span>
          </span>
        ))
      )}
    </>
  );
}
