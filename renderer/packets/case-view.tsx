import { Button } from "react-aria-components";
import type { PacketCaseReport, PacketDifference } from "../../protocol/packets.ts";
import { baseName } from "../editor/open-sources.ts";
import { useApp } from "../session/use-app.tsx";
import { differingRows } from "./hex-rows.ts";
import { showCase } from "./run-packet-tests.ts";

interface CaseViewProps {
  readonly file: string;
  readonly index: number;
  readonly of: PacketCaseReport;
}

/** One case: what was expected, what came, and where the two differ. */
export function CaseView({ file, index, of }: CaseViewProps): React.ReactNode {
  const app = useApp();
  const { name, passed, action, packet, expectedPacket, nanoseconds, differences } = of;
  const notRun = differences.find(({ kind }) => kind === "run");
  const bytes = differences.find(({ kind }) => kind === "packet");
  const others = differences.filter(({ kind }) => kind === "action" || kind === "map");
  return (
    <section className="case-view" tabIndex={0} aria-label={`Case ${index + 1}`}>
      <h2>
        <span className={passed ? "tag ok" : "tag bad"}>{passed ? "passed" : "failed"}</span>
        <span>{name}</span>
      </h2>
      <p className="mid">
        {action !== null && (
          <>
            <span className="mono">{action}</span> in {nanoseconds} ns ·{" "}
          </>
        )}
        <Button className="link-button" onPress={() => void showCase(app, file, index)}>
          Show in {baseName(file)}
        </Button>
      </p>
      {notRun !== undefined && <p className="bad-text">It could not be run: {notRun.actual}</p>}
      {others.length > 0 && <Differences of={others} />}
      {bytes !== undefined && packet !== null && expectedPacket !== null && (
        <PacketBytes difference={bytes} expected={expectedPacket} got={packet} />
      )}
      {passed && <p className="dim">What it expects came to be.</p>}
    </section>
  );
}

function Differences({ of }: { readonly of: readonly PacketDifference[] }): React.ReactNode {
  return (
    <table aria-label="Expected and got">
      <thead>
        <tr>
          <th scope="col">what</th>
          <th scope="col">expected</th>
          <th scope="col">got</th>
        </tr>
      </thead>
      <tbody>
        {of.map(({ where, field, expected, actual }) => (
          <tr key={`${where} ${field}`}>
            <th scope="row">
              {where}
              {field !== "" && <span className="mono"> {field}</span>}
            </th>
            <td className="mono">{expected}</td>
            <td className="mono bad-text">{actual}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface PacketBytesProps {
  readonly difference: PacketDifference;
  readonly expected: string;
  readonly got: string;
}

function PacketBytes({ difference, expected, got }: PacketBytesProps): React.ReactNode {
  return (
    <figure className="packet-bytes">
      <figcaption className="mid">
        packet: expected {difference.expected}, got {difference.actual}
      </figcaption>
      <table aria-label="Bytes that differ">
        <thead className="unseen">
          <tr>
            <th scope="col">offset</th>
            <th scope="col">which</th>
            <th scope="col">bytes</th>
          </tr>
        </thead>
        <tbody className="mono">
          {differingRows(expected, got).map(({ offset, bytes }) =>
            (["expected", "got"] as const).map((which) => (
              <tr key={`${offset} ${which}`} className={which}>
                <th scope="row">{offset}</th>
                <td className="dim">{which}</td>
                <td>
                  {bytes.map((byte, at) => (
                    <span key={at} className={byte.differs ? `byte ${which}` : "byte"}>
                      {byte[which]}
                    </span>
                  ))}
                </td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </figure>
  );
}
