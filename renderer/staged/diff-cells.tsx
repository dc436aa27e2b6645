import type { Column } from "../../protocol/maps.ts";

interface DiffCellsProps {
  readonly before: readonly string[] | null;
  readonly after: readonly string[] | null;
  readonly columns: readonly Column[];
}

/** The cells of one row on both sides; what stays is said once. */
export function DiffCells({ before, after, columns }: DiffCellsProps): React.ReactNode {
  return columns.map(({ path, from, align }, index) => {
    const was = before?.[index] ?? null;
    const becomes = after?.[index] ?? null;
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
      </td>
    );
  });
}
