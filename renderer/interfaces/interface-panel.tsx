import { useEffect, useState } from "react";
import { Button } from "react-aria-components";
import type { InterfaceDetails } from "../../protocol/interface-details.ts";
import type { DriverInfo, Place } from "../../protocol/interfaces.ts";
import { wordsOf } from "../session/failure-words.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { choosePlace } from "./choose-place.ts";
import { modeTitle, modeWord, placeKey } from "./places.ts";

/** One interface: its driver, the modes that it can do and why, and what runs there. */
export function InterfacePanel({ of }: { readonly of: string }): React.ReactNode {
  const app = useApp();
  const listed = useSession(({ interfaces }) => interfaces?.interfaces.find((one) => placeKey(one) === of));
  const chosen = useSession(({ place }) => place !== null && placeKey(place) === of);
  const known = useSession((state) => state.details);
  const [asked, setAsked] = useState<InterfaceDetails | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const there = listed !== undefined;
  const wanted = chosen || asked !== null ? null : listed;

  useEffect(() => {
    // The chosen interface is looked at anyway.
    if (wanted === null || wanted === undefined) return;
    let ended = false;
    const place: Place = { netns: wanted.netns, ifindex: wanted.ifindex, name: wanted.name };
    app.request("interfaces.describe", { place }).then(
      (details) => {
        if (ended) return;
        setAsked(details);
        setFailed(null);
      },
      (error: unknown) => {
        if (!ended) setFailed(wordsOf(error)?.title ?? null);
      },
    );
    return () => {
      ended = true;
    };
  }, [app, wanted]);

  const details = (chosen ? known : null) ?? asked;
  if (details === null) {
    return <p className="empty">{failed ?? (there ? "Asking the driver…" : "This interface is no longer there.")}</p>;
  }
  const one = listed ?? details.interface;
  return (
    <div className="page interface-page">
      {!there && (
        <p className="banner warn" role="status">
          {one.name} went away: what follows was true when it was last seen.
        </p>
      )}
      <div className="cards">
        <section className="card" aria-label="Driver">
          <h2>
            Driver <span className="dim mono">ethtool -i {one.name}</span>
          </h2>
          {details.driver === null ? (
            <p className="mid">The device has no ethtool operations: nothing is known of its driver.</p>
          ) : (
            <Driver of={details.driver} />
          )}
        </section>
        <section className="card" aria-label="Modes">
          <h2>Modes</h2>
          <dl className="pairs narrow">
            {details.modes.map(({ mode, supported, why }) => (
              <div key={mode}>
                <dt>{modeTitle(mode)}</dt>
                <dd>
                  <span className={supported === true ? "tag ok" : supported === null ? "tag warn" : "tag"}>
                    {supported === true ? "yes" : supported === null ? "unknown" : "no"}
                  </span>{" "}
                  {why}
                </dd>
              </div>
            ))}
          </dl>
          <h2>
            XDP features <span className="dim">netdev, as the kernel says</span>
          </h2>
          {one.features === null ? (
            <p className="mid">This kernel does not report them (Linux 6.3 and later do).</p>
          ) : one.features.length === 0 ? (
            <p className="mid">none: only generic mode works here</p>
          ) : (
            <ul className="tags" aria-label="XDP features">
              {one.features.map((feature) => (
                <li key={feature} className="tag ok">
                  {feature}
                </li>
              ))}
            </ul>
          )}
        </section>
        <section className="card" aria-label="Interface">
          <h2>Interface</h2>
          <dl className="pairs">
            <Pair name="ifindex" value={String(one.ifindex)} />
            <Pair name="namespace" value={one.netns ?? "this machine's own"} />
            <Pair name="MAC" value={one.mac ?? "none"} />
            <Pair name="MTU" value={String(one.mtu)} />
            <Pair name="state" value={one.up ? "up" : "down"} />
          </dl>
          <h2>Attached</h2>
          {one.attached.length === 0 ? (
            <p className="mid">no XDP program in any mode</p>
          ) : (
            one.attached.map(({ mode, id, name, tag, jited }) => (
              <p key={id}>
                <b>{name}</b>{" "}
                <span className="mid">
                  {modeWord(mode)} · id {id} · tag <span className="mono">{tag}</span> · {jited ? "jited" : "not jited"}
                </span>
              </p>
            ))
          )}
          {!chosen && there && (
            <Button className="button" onPress={() => void choosePlace(app, one)}>
              Choose {one.name} to attach to
            </Button>
          )}
        </section>
      </div>
      {details.notes.length > 0 && (
        <section className="card" aria-label="Good to know">
          <h2>Good to know</h2>
          <ul className="notes">
            {details.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Driver({ of }: { readonly of: DriverInfo }): React.ReactNode {
  const yes = (value: boolean): string => (value ? "yes" : "no");
  return (
    <dl className="pairs mono">
      <Pair name="driver" value={of.driver} />
      <Pair name="version" value={of.version} />
      <Pair name="firmware-version" value={of.firmwareVersion} />
      <Pair name="expansion-rom-version" value={of.expansionRomVersion} />
      <Pair name="bus-info" value={of.busInfo} />
      <Pair name="supports-statistics" value={yes(of.supportsStatistics)} />
      <Pair name="supports-test" value={yes(of.supportsTest)} />
      <Pair name="supports-eeprom-access" value={yes(of.supportsEepromAccess)} />
      <Pair name="supports-register-dump" value={yes(of.supportsRegisterDump)} />
      <Pair name="supports-priv-flags" value={yes(of.supportsPrivateFlags)} />
    </dl>
  );
}

function Pair({ name, value }: { readonly name: string; readonly value: string }): React.ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value === "" ? <span className="dim">none</span> : value}</dd>
    </div>
  );
}
