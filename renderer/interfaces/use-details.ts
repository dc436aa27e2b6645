import { useEffect, useState } from "react";
import type { InterfaceDetails } from "../../protocol/interface-details.ts";
import type { NetworkInterface } from "../../protocol/interfaces.ts";
import { wordsOf } from "../session/failure-words.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { placeKey, placeOf, sameDevice } from "./places.ts";

export interface Details {
  /** as it is listed now, under whatever name; null where it is gone */
  readonly listed: NetworkInterface | null;
  /** the newest answer, also of what is gone by now */
  readonly details: InterfaceDetails | null;
  readonly failed: string | null;
  readonly again: () => void;
}

/** One interface in full, asked for anew whenever something changed while it is seen. */
export function useDetails(of: string, visible: boolean): Details {
  const app = useApp();
  const interfaces = useSession((state) => state.interfaces);
  const heard = useSession((state) => state.interfacesHeard);
  const [details, setDetails] = useState<InterfaceDetails | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [times, setTimes] = useState(0);
  const all = interfaces?.interfaces ?? [];
  const listed =
    details === null ? (all.find((one) => placeKey(one) === of) ?? null) : sameDevice(all, details.interface);
  const key = listed === null ? null : placeKey(listed);

  useEffect(() => {
    const place = app.store.get().interfaces?.interfaces.find((one) => placeKey(one) === key);
    if (place === undefined || !visible) return;
    let ended = false;
    app.request("interfaces.describe", { place: placeOf(place) }).then(
      (answer) => {
        if (ended) return;
        setDetails(answer);
        setFailed(null);
      },
      (error: unknown) => {
        if (!ended) setFailed(wordsOf(error)?.title ?? null);
      },
    );
    return () => {
      ended = true;
    };
    // heard, interfaces and times are why it is asked again
  }, [app, key, visible, heard, interfaces, times]);

  return { listed, details, failed, again: () => setTimes((before) => before + 1) };
}
