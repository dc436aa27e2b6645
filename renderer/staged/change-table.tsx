import type { Column } from "../../protocol/maps.ts";
import { DiffCells } from "./diff-cells.tsx";

const signs = { added: "+", changed: "~", removed: "−" } as const;

interface ChangeTableProps {
  readonly columns: readonly Column[];
  /** each row has one cell more, at its end */
  readonly hasDeeds?: boolean;
  readonly children: React.ReactNode;
}

/** Entries that will change, the old value beside the new one. */
export function ChangeTable({ columns, hasDeeds = false, children }: ChangeTableProps): React.ReactNode {
  return (
    <table className="staged-table">
      <thead>
        <tr>
          <th scope="col">
            <span className="unseen">change</span>
          </th>
          {columns.map(({ path, from, align }) => (
            <th key={`${from} ${path}`} scope="col" className={align === "number" ? "right" : ""}>
              {path}
            </th>
          ))}
          {hasDeeds && <td />}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

interface ChangeLineProps extends React.ComponentProps<typeof DiffCells> {
  readonly is: keyof typeof signs;
  /** in the last cell */
  readonly deed?: React.ReactNode;
}

export function ChangeLine({ is, deed, ...cells }: ChangeLineProps): React.ReactNode {
  return (
    <tr className={`staged-${is}`}>
      <th scope="row">
        <span className="staged-sign" aria-hidden="true">
          {signs[is]}
        </span>
        <span className="staged-word">{is}</span>
      </th>
      <DiffCells {...cells} />
      {deed !== undefined && <td>{deed}</td>}
    </tr>
  );
}
