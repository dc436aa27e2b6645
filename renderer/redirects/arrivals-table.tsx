import type { RedirectRow } from "../../protocol/redirects.ts";
import { rateText } from "../interfaces/rates.ts";
import { grouped3 } from "../verify/sizes.ts";
import { Way } from "./way.tsx";

/** What went on, by way and step. */
export function ArrivalsTable({ rows }: { readonly rows: readonly RedirectRow[] }): React.ReactNode {
  return (
    <section aria-label="On their way">
      <h3>On their way</h3>
      <div className="scroll-x">
        <table className="arrivals" aria-label="Packets on their way">
          <thead>
            <tr>
              <th scope="col">from → to</th>
              <th scope="col">what became of them</th>
              <th scope="col">program</th>
              <th scope="col" className="right">
                packets
              </th>
              <th scope="col" className="right">
                per second
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <th scope="row">
                  <Way row={row} />
                </th>
                <td title={row.drops === "0" ? row.meaning : undefined}>{stepOf(row)}</td>
                <td className="dim">{row.program?.name ?? ""}</td>
                <td className="right number">{grouped3(row.packets)}</td>
                <td className="right number">{rateText(row.rate)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const steps = {
  redirect: "redirected",
  devmap_xmit: "sent",
  bulk_tx: "sent back",
  cpumap_enqueue: "queued for the CPU",
  cpumap_kthread: "taken by the CPU",
} as const;

/** the title tells of what was lost, where something was */
function stepOf({ tracepoint, title, drops }: RedirectRow): string {
  return drops === "0" || tracepoint === "exception" || tracepoint === "redirect_err" ? title : steps[tracepoint];
}
