import "./machine-maps.css";
import { useMemo, useRef, useState } from "react";
import { Button, Input, SearchField } from "react-aria-components";
import { useVisible } from "../interfaces/use-visible.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { unlock } from "../session/unlock.ts";
import { bytes, count } from "../verify/sizes.ts";
import { MapsTable } from "./maps-table.tsx";
import { showNewMap } from "./show-maps.ts";
import { filterMaps, type MapOrder, sortMaps } from "./sort-maps.ts";
import { useOverview } from "./use-overview.ts";

/** Drawn at once; the filter finds the others. */
const mostShown = 250;

/** Every map of the machine, who holds it, and what can be done to it. */
export function MapsPanel(): React.ReactNode {
  const app = useApp();
  const page = useRef<HTMLDivElement | null>(null);
  useOverview(useVisible(page));
  const overview = useSession((state) => state.overview);
  const failed = useSession((state) => state.overviewFailed);
  const ready = useSession(({ helper }) => helper?.state === "ready");
  const [text, setText] = useState("");
  const [order, setOrder] = useState<MapOrder>({ column: "id", descending: true });
  const [all, setAll] = useState(false);
  const found = useMemo(() => sortMaps(filterMaps(overview ?? [], text), order), [overview, text, order]);
  const shown = all ? found : found.slice(0, mostShown);
  const memory = useMemo(() => (overview ?? []).reduce((sum, map) => sum + Number(map.memory ?? 0), 0), [overview]);
  return (
    <div className="maps-page" ref={page}>
      <div className="strip">
        <h2>Maps of this machine</h2>
        <span className="mid number" role="status" aria-label="How many maps">
          {overview === null
            ? ""
            : `${text === "" ? "" : `${count(found.length)} of `}${count(overview.length)} ${overview.length === 1 ? "map" : "maps"} · ${bytes(memory)}`}
        </span>
        <span className="grow" />
        <SearchField aria-label="Filter maps" value={text} onChange={setText} className="maps-filter">
          <Input className="input" placeholder="name, type, id, program, pin, process, frozen, unused" />
        </SearchField>
        <Button className="button small" onPress={() => showNewMap(app)} isDisabled={!ready}>
          New map…
        </Button>
      </div>
      {!ready ? (
        <div className="empty">
          <p>Maps are seen with privilege only.</p>
          <Button className="button" onPress={() => void unlock(app, "list maps")}>
            Start the helper
          </Button>
        </div>
      ) : failed !== null ? (
        <p className="empty bad-text" role="alert">
          {failed}
        </p>
      ) : overview === null ? (
        <p className="empty">Looking who uses which map…</p>
      ) : found.length === 0 ? (
        <p className="empty">
          {overview.length === 0
            ? "There is no map on this machine. Attach a program that has some, or make one with New map…"
            : `No map fits “${text}”.`}
        </p>
      ) : (
        <div className="maps-scroll">
          <MapsTable maps={shown} order={order} onOrder={setOrder} />
          {shown.length < found.length && (
            <Button className="link-button" onPress={() => setAll(true)}>
              Show all {count(found.length)}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
