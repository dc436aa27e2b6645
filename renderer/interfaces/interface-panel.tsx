import { useRef, useState } from "react";
import { AttachedCard } from "./cards/attached-card.tsx";
import { Card } from "./cards/card.tsx";
import { DriverCard } from "./cards/driver-card.tsx";
import { LinkCard } from "./cards/link-card.tsx";
import { ModesCard } from "./cards/modes-card.tsx";
import { OffloadsCard } from "./cards/offloads-card.tsx";
import { QueueRatesCard } from "./cards/queue-rates-card.tsx";
import { QueuesCard } from "./cards/queues-card.tsx";
import { createRatesFeed } from "./cards/rate-chart.tsx";
import { RatesCard } from "./cards/rates-card.tsx";
import { RunsCard } from "./cards/runs-card.tsx";
import { StatisticsCard } from "./cards/statistics-card.tsx";
import { placeKey } from "./places.ts";
import { useDetails } from "./use-details.ts";
import { useRates } from "./use-rates.ts";
import { useVisible } from "./use-visible.ts";

/** One interface: its driver, what it can do and why, what runs there, and what goes through. */
export function InterfacePanel({ of }: { readonly of: string }): React.ReactNode {
  const page = useRef<HTMLDivElement | null>(null);
  const visible = useVisible(page);
  const { listed, details, failed, again } = useDetails(of, visible);
  const [feed] = useState(createRatesFeed);
  const live = useRates(details === null || listed === null ? null : placeKey(listed), visible, feed.publish);
  return (
    <div className="page interface-page" ref={page}>
      {details === null ? (
        <p className="empty">
          {failed ?? (listed === null ? "This interface is no longer there." : "Asking the driver…")}
        </p>
      ) : (
        <>
          {listed === null && (
            <p className="banner warn" role="status">
              {details.interface.name} went away: what follows was true when it was last seen.
            </p>
          )}
          {failed !== null && listed !== null && (
            <p className="banner warn" role="status">
              {failed}
            </p>
          )}
          <div className="cards">
            <DriverCard name={details.interface.name} driver={details.driver} />
            <ModesCard details={details} there={listed !== null} />
            <LinkCard one={listed ?? details.interface} details={details} there={listed !== null} />
            <AttachedCard attached={details.attached} rates={live.now} />
            <RatesCard live={live} feed={feed} />
            <RunsCard attached={details.attached} now={live.now} feed={feed} />
            <QueueRatesCard rates={live.now} feed={feed} />
            <QueuesCard name={details.interface.name} details={details} />
            <OffloadsCard name={details.interface.name} offloads={details.offloads} />
            <StatisticsCard name={details.interface.name} statistics={details.statistics} again={again} />
            {details.notes.length > 0 && (
              <Card title="Good to know">
                <ul className="notes">
                  {details.notes.map((note) => (
                    <li key={note}>{note}</li>
                  ))}
                </ul>
              </Card>
            )}
          </div>
        </>
      )}
    </div>
  );
}
