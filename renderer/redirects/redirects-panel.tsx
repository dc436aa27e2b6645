import "./redirects.css";
import { useRef, useState } from "react";
import { Button } from "react-aria-components";
import type { RedirectsState } from "../../protocol/redirects.ts";
import { useVisible } from "../interfaces/use-visible.ts";
import { ArrivalsTable } from "./arrivals-table.tsx";
import { LossCard } from "./loss-card.tsx";
import { arrivals, losses, since } from "./since.ts";
import { useRedirects } from "./use-redirects.ts";

/** What became of redirected packets on this machine: what was lost, why, and what would help; and what arrived. */
export function RedirectsPanel(): React.ReactNode {
  const page = useRef<HTMLDivElement | null>(null);
  const visible = useVisible(page);
  const { state, failed, locked, again } = useRedirects(visible);
  const [zero, setZero] = useState<RedirectsState | null>(null);
  // counting begins anew
  if (state === null && zero !== null) setZero(null);
  const shown = state === null ? null : since(state, zero);
  return (
    <div className="page redirects-page" ref={page}>
      <header className="redirects-head">
        <h2>
          Redirect doctor <span className="dim mono">xdpw watch</span>
        </h2>
        {shown !== null && failed === null && !locked && (
          <>
            <span className="mid number">counted for {Math.floor(shown.seconds)} s, while this is seen</span>
            <Button className="button small" onPress={() => setZero(state)}>
              Count from zero
            </Button>
          </>
        )}
      </header>
      {failed !== null || locked ? (
        <div className="redirects-none">
          <p role="status">{failed ?? "Counting takes the helper with privilege."}</p>
          <Button className="button" onPress={again}>
            {locked ? "Start the helper" : "Try again"}
          </Button>
        </div>
      ) : shown === null ? (
        <p className="mid">Putting the counters into the kernel…</p>
      ) : (
        <Counted of={shown} />
      )}
    </div>
  );
}

function Counted({ of }: { readonly of: RedirectsState }): React.ReactNode {
  const [lost, arrived] = [losses(of.rows), arrivals(of.rows)];
  const many = lost.length === 1 ? "1 way loses packets" : `${lost.length} ways lose packets`;
  return (
    <>
      <p className="unseen" role="status">
        {lost.length > 0 ? many : "nothing is lost"}
      </p>
      {lost.length === 0 && arrived.length === 0 && (
        <div className="redirects-none">
          <p>No program redirected a packet, sent one back (XDP_TX), or failed at one since counting began.</p>
          <p className="mid">
            Send some through a program that does: in the lab with Send test traffic (Ctrl+Shift+E). What happens
            anywhere on this machine, in every network namespace, appears here within a second.
          </p>
        </div>
      )}
      {lost.length > 0 && (
        <section aria-label="Lost">
          <h3>
            Lost <span className="tag bad">{lost.length}</span>
          </h3>
          <ul className="losses">
            {lost.map((row) => (
              <LossCard key={row.key} row={row} />
            ))}
          </ul>
        </section>
      )}
      {lost.length === 0 && arrived.length > 0 && <p className="ok-text">✓ Nothing is lost.</p>}
      {arrived.length > 0 && <ArrivalsTable rows={arrived} />}
      {of.uncounted !== "0" && (
        <p className="warn-text">
          There are more pairs than the table holds: {of.uncounted} events were not counted in any row.
        </p>
      )}
    </>
  );
}
