import type { DriverHint, InterfaceDetails, XdpFeatures } from "../../../protocol/interface-details.ts";
import { Answered } from "./card.tsx";

/** What each means, for whoever has not read include/uapi/linux/netdev.h. */
const meanings: Readonly<Record<string, string>> = {
  basic: "XDP_ABORTED, XDP_DROP, XDP_PASS and XDP_TX in native mode",
  redirect: "XDP_REDIRECT out of this device",
  "ndo-xmit": "other devices can redirect into this one",
  "xsk-zerocopy": "AF_XDP sockets without a copy",
  "hw-offload": "programs run on the device itself",
  "rx-sg": "packets of several fragments reach programs",
  "ndo-xmit-sg": "packets of several fragments can be redirected into this device",
};

export function Features({ details: { features, hint } }: { readonly details: InterfaceDetails }): React.ReactNode {
  return (
    <>
      <h2>
        XDP features <span className="dim">netdev, as the kernel says</span>
      </h2>
      <Answered of={features}>{(value) => <Reported of={value} />}</Answered>
      {features.is !== "known" && hint !== null && <Hint of={hint} />}
    </>
  );
}

function Reported({ of }: { readonly of: XdpFeatures }): React.ReactNode {
  return (
    <>
      {of.xdp.length === 0 ? (
        <p className="mid">none: only generic mode works here</p>
      ) : (
        <>
          <Tags label="XDP features" names={of.xdp} tone="tag ok" />
          <Tags label="Features that it lacks" names={of.missing} tone="tag" prefix="no " />
        </>
      )}
      <dl className="pairs features">
        <Metadata name="receive metadata" of={of.rxMetadata} />
        <Metadata name="transmit metadata" of={of.txMetadata} />
        {of.zeroCopyMaxSegments !== null && (
          <div>
            <dt>zero-copy fragments</dt>
            <dd>{of.zeroCopyMaxSegments} a packet</dd>
          </div>
        )}
      </dl>
    </>
  );
}

function Tags({
  label,
  names,
  tone,
  prefix = "",
}: {
  readonly label: string;
  readonly names: readonly string[];
  readonly tone: string;
  readonly prefix?: string;
}): React.ReactNode {
  if (names.length === 0) return null;
  return (
    <ul className="tags" aria-label={label}>
      {names.map((name) => (
        <li key={name} className={tone} title={meanings[name]}>
          {prefix}
          {name}
        </li>
      ))}
    </ul>
  );
}

function Metadata({ name, of }: { readonly name: string; readonly of: readonly string[] | null }): React.ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {of === null ? (
          <span className="dim">told by Linux 6.8 and later</span>
        ) : of.length === 0 ? (
          <span className="dim">none</span>
        ) : (
          of.join(", ")
        )}
      </dd>
    </div>
  );
}

/** Of a table, and labelled so. */
function Hint({ of }: { readonly of: DriverHint }): React.ReactNode {
  const since = (version: string | null): string => (version === null ? "no" : `since Linux ${version}`);
  return (
    <div className="hint">
      <p className="mid">
        <span className="tag warn">hint</span> what a table says of {of.driver} ({of.label}), not what the kernel says:
      </p>
      <dl className="pairs features">
        <div>
          <dt>native</dt>
          <dd>{since(of.native)}</dd>
        </div>
        <div>
          <dt>fragments</dt>
          <dd>{since(of.fragments)}</dd>
        </div>
        <div>
          <dt>AF_XDP zero-copy</dt>
          <dd>{since(of.zeroCopy)}</dd>
        </div>
        <div>
          <dt>offload</dt>
          <dd>{of.offload ? "yes" : "no"}</dd>
        </div>
        <div>
          <dt>MTU at most</dt>
          <dd>{of.maximumMtu ?? "no limit is known"}</dd>
        </div>
      </dl>
      <p className="dim">Sources: {of.sources.join("; ")}</p>
    </div>
  );
}
