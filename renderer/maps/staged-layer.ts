/** Changes that are not in the map yet, as the grid shows them over its rows. */
export interface StagedRow {
  readonly is: "added" | "changed" | "removed";
  /** what the cells will be, by their index; those that are not named stay */
  readonly cells: ReadonlyMap<number, string>;
  /** of single CPUs, by cpuCell */
  readonly cpus: ReadonlyMap<string, string>;
}

export function cpuCell(cpu: number, cell: number): string {
  return `${cpu}:${cell}`;
}

export interface StagedLayer {
  /** by the entry's key, as rows have it */
  rowOf(key: string): StagedRow | null;
}
