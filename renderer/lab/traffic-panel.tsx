import { useRef, useState } from "react";
import { Button, Input, Label, TextField } from "react-aria-components";
import type { TrafficParams } from "../../protocol/lab.ts";
import { Choice } from "../app/choice.tsx";
import { stopLastWork } from "../session/work.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import type { TrafficRun } from "../session/state.ts";
import { count, milliseconds } from "../verify/sizes.ts";
import { LabButton } from "./lab-button.tsx";
import { sendTraffic } from "./send-traffic.ts";

const from = same("host0", "host1");
const to = same("port0", "port1", "host0", "host1");
const protocolTitles = { icmp: "ICMP echo", udp: "UDP", arp: "ARP" };
const protocols = (["icmp", "udp", "arp"] as const).map((id) => ({ id, title: protocolTitles[id] }));
const mostPackets = 10_000_000;

/** Test packets in the lab: what was sent, what arrived, what was answered. */
export function TrafficPanel(): React.ReactNode {
  const app = useApp();
  const lab = useSession((state) => state.lab);
  const runs = useSession((state) => state.traffic);
  const send = useRef<HTMLButtonElement>(null);
  const progress = useSession((state) => state.works.findLast(({ kind }) => kind === "traffic")?.detail ?? "");
  const [sender, setSender] = useState<TrafficParams["from"]>("host0");
  const [receiver, setReceiver] = useState<TrafficParams["to"]>("port0");
  const [protocol, setProtocol] = useState<TrafficParams["protocol"]>("udp");
  const [packets, setPackets] = useState("1000");
  const [rate, setRate] = useState("0");
  if (lab?.state !== "up") {
    return (
      <div className="empty">
        <p>Test traffic needs the lab: a box with two ports, cut off from your network.</p>
        <LabButton />
      </div>
    );
  }
  const wrongCount = wrongNumber(packets, 1);
  const wrongRate = wrongNumber(rate, 0);
  const sending = runs[0] !== undefined && runs[0].result === null && runs[0].failed === null;
  return (
    <div className="traffic">
      <form
        className="strip form"
        aria-label="Test traffic"
        onSubmit={(event) => {
          event.preventDefault();
          if (wrongCount !== null || wrongRate !== null || sending) return;
          const params = {
            name: null,
            from: sender,
            to: receiver,
            protocol,
            count: Number(packets),
            rate: Number(rate),
          };
          void sendTraffic(app, params);
        }}
      >
        <Choice label="From" value={sender} items={from} choose={setSender} width="narrow" />
        <Choice label="To" value={receiver} items={to} choose={setReceiver} width="narrow" />
        <Choice label="Protocol" value={protocol} items={protocols} choose={setProtocol} width="narrow" />
        <Field label="Packets" value={packets} onChange={setPackets} wrong={wrongCount} />
        <Field label="Per second" value={rate} onChange={setRate} wrong={wrongRate} hint="0: as fast as it goes" />
        <Button
          type="submit"
          className="button go"
          isPending={sending}
          ref={send}
          isDisabled={wrongCount !== null || wrongRate !== null}
        >
          Send
        </Button>
        {/* Beside Send, not in its place: the Enter that sends would stop it when the key comes up. */}
        {sending && (
          <Button
            className="button"
            onPress={() => {
              stopLastWork(app, "traffic");
              // Stop goes away, and the focus must not go with it
              send.current?.focus();
            }}
          >
            Stop
          </Button>
        )}
        <span className="dim">{wrongCount ?? wrongRate ?? "0 per second sends as fast as it goes"}</span>
      </form>
      {runs.length === 0 ? (
        <p className="empty">Nothing was sent yet.</p>
      ) : (
        <div className="scroll" tabIndex={0} role="region" aria-label="Traffic sent">
          <table aria-label="Traffic">
            <thead>
              <tr>
                <th scope="col">packets</th>
                <th scope="col">way</th>
                <th scope="col" className="right">
                  sent
                </th>
                <th scope="col" className="right">
                  arrived
                </th>
                <th scope="col" className="right">
                  replied
                </th>
                <th scope="col" className="right">
                  took
                </th>
                <th scope="col" className="right">
                  packets per second
                </th>
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <RunRow key={run.at} run={run} progress={progress} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

interface RunRowProps {
  readonly run: TrafficRun;
  /** how far the running one is */
  readonly progress: string;
}

function RunRow({ run: { params, result, failed }, progress }: RunRowProps): React.ReactNode {
  const took = result === null ? 0 : Number(result.nanoseconds);
  return (
    <tr>
      <th scope="row">
        {count(params.count)} {protocolTitles[params.protocol]}
      </th>
      <td>
        {params.from} → {params.to}
      </td>
      {result === null ? (
        <td colSpan={5} className={failed === null ? "mid" : "bad-text"}>
          {failed ?? `sending… ${progress}`}
        </td>
      ) : (
        <>
          <td className="right number">{count(result.sent)}</td>
          <td className="right number">{count(result.arrived)}</td>
          <td className="right number">
            {result.replied === null ? <span className="dim">not expected</span> : count(result.replied)}
          </td>
          <td className="right number">{milliseconds(took / 1e6)}</td>
          <td className="right number">{took === 0 ? "" : count(Math.round((result.sent * 1e9) / took))}</td>
        </>
      )}
    </tr>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly wrong: string | null;
  readonly hint?: string;
}

function Field({ label, value, onChange, wrong, hint }: FieldProps): React.ReactNode {
  return (
    <TextField className="field" value={value} onChange={onChange} isInvalid={wrong !== null}>
      <Label>{label}</Label>
      <Input className="input number short" inputMode="numeric" title={wrong ?? hint ?? ""} />
    </TextField>
  );
}

function wrongNumber(text: string, least: number): string | null {
  const value = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= least && value <= mostPackets) return null;
  return `give a whole number from ${least} to ${count(mostPackets)}`;
}

function same<T extends string>(...names: readonly T[]): readonly { readonly id: T; readonly title: T }[] {
  return names.map((name) => ({ id: name, title: name }));
}
