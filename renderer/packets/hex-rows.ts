/** Two packets, byte by byte: rows of sixteen where they differ. Pure. */
export interface HexByte {
  /** two digits; "--" where the packet ends before */
  readonly expected: string;
  readonly got: string;
  readonly differs: boolean;
}

export interface HexRow {
  /** of the first byte, hex */
  readonly offset: string;
  readonly bytes: readonly HexByte[];
}

const rowBytes = 16;
const none = "--";

/** Rows that are alike are left out. */
export function differingRows(expected: string, got: string): readonly HexRow[] {
  const [wanted, there] = [bytesOf(expected), bytesOf(got)];
  const rows: HexRow[] = [];
  for (let from = 0; from < Math.max(wanted.length, there.length); from += rowBytes) {
    const length = Math.min(rowBytes, Math.max(wanted.length, there.length) - from);
    const bytes = Array.from({ length }, (_, index): HexByte => {
      const [one, other] = [wanted[from + index] ?? none, there[from + index] ?? none];
      return { expected: one, got: other, differs: one !== other };
    });
    if (bytes.some(({ differs }) => differs)) rows.push({ offset: from.toString(16).padStart(4, "0"), bytes });
  }
  return rows;
}

function bytesOf(hex: string): readonly string[] {
  return hex.match(/../g) ?? [];
}
