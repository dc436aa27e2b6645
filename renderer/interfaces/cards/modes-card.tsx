import { useState } from "react";
import { Button } from "react-aria-components";
import type { InterfaceDetails } from "../../../protocol/interface-details.ts";
import type { Mode, ModeProbe, ModeSupport } from "../../../protocol/interfaces.ts";
import { useApp } from "../../session/use-app.tsx";
import { modeTitle } from "../places.ts";
import { probeMode } from "../probe-mode.ts";
import { Card } from "./card.tsx";
import { Features } from "./features.tsx";

/** Which modes it can do, the evidence, and what each would take; and the XDP features behind that. */
export function ModesCard({
  details,
  there,
}: {
  readonly details: InterfaceDetails;
  readonly there: boolean;
}): React.ReactNode {
  return (
    <Card title="Modes">
      <dl className="pairs narrow">
        {details.modes.map((one) => (
          <ModeLine key={one.mode} of={one} details={details} there={there} />
        ))}
      </dl>
      <Features details={details} />
    </Card>
  );
}

function ModeLine({
  of: { mode, supported, why, needs },
  details,
  there,
}: {
  readonly of: ModeSupport;
  readonly details: InterfaceDetails;
  readonly there: boolean;
}): React.ReactNode {
  const app = useApp();
  const [tried, setTried] = useState<ModeProbe | null>(null);
  const [trying, setTrying] = useState(false);
  const works = tried?.works ?? supported;
  const attempt = async (wanted: Mode): Promise<void> => {
    setTrying(true);
    const came = await probeMode(app, details.interface, wanted);
    setTrying(false);
    if (came !== null) setTried(came);
  };
  return (
    <div>
      <dt>{modeTitle(mode)}</dt>
      <dd>
        <span className={works === true ? "tag ok" : works === null ? "tag warn" : "tag"}>
          {works === true ? "yes" : works === null ? "unknown" : "no"}
        </span>{" "}
        <span role={tried === null ? undefined : "status"}>{tried?.why ?? why}</span>
        {supported === null && tried === null && there && (
          <Button className="button small" isPending={trying} onPress={() => void attempt(mode)}>
            Try {modeTitle(mode)}…
          </Button>
        )}
        {needs.length > 0 && (
          <ul className="needs" aria-label={`What ${modeTitle(mode)} would take`}>
            {needs.map((need) => (
              <li key={need}>{need}</li>
            ))}
          </ul>
        )}
      </dd>
    </div>
  );
}
