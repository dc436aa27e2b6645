import type { Column } from "../../protocol/maps.ts";
import type { CpuChange } from "./staged-map.ts";

interface DiffCellsProps {
  readonly before: readonly string[] | null;
  readonly after: readonly string[] | null;
  readonly columns: readonly Column[];
  /** of single CPUs: told below the sum, up to a few */
  readonly cpus?: readonly CpuChange[] | undefined;
}

const fewCpus = 4;

/** The cells of one row on both sides; what stays is said once. */
export function DiffCells({ before, after, columns, cpus = [] }: DiffCellsProps): React.ReactNode {
  return columns.map(({ path, from, align }, index) => {
    const was = before?.[index] ?? null;
    const becomes = after?.[index] ?? null;
    const single = cpus.filter(({ cell }) => cell === index);
    const side = align === "number" ? "mono right" : "mono";
    return (
      <td key={`${from} ${path}`} className={side}>
        {was !== null && becomes !== null && was === becomes ? (
          <span className={from === "key" ? "" : "mid"}>{was}</span>
        ) : (
          <>
            {was !== null && <del>{was}</del>}
            {was !== null && becomes !== null && <span aria-hidden="true"> → </span>}
            {becomes !== null && <ins>{becomes}</ins>}
          </>
        )}
        {single.slice(0, fewCpus).map(({ cpu, before: old, after: next }) => (
          <div key={cpu} className="cpu-diff">
            <span className="mid">CPU {cpu}</span> <del>{old}</del>
            <span aria-hidden="true"> → </span>
            <ins>{next}</ins>
          </div>
        ))}
        {single.length > fewCpus && <div className="mid">and {single.length - fewCpus} more CPUs</div>}
      </td>
    );
  });
}
