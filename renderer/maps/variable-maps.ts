/**
 * Global variables live in maps that libbpf makes of the sections .data, .bss and .rodata, each called after the object
 * and the section ("program_.bss", cut where it is long). Nobody needs to read that.
 */
import type { MapSummary } from "../../protocol/maps.ts";

export interface VariableSection {
  /** ".data", ".bss", ".rodata", or one of the user's such as ".data.limits" */
  readonly section: string;
  /** what a tab and a list call it */
  readonly title: string;
}

/** null for every other map: C has no name with a dot in it */
export function variableSection(name: string): VariableSection | null {
  const section = /\.(?:rodata|data|bss)(?:\..*)?$/.exec(name)?.[0];
  if (section === undefined) return null;
  return { section, title: section.startsWith(".rodata") ? `Constants ${section}` : `Variables ${section}` };
}

/** A map's own name, or what its section is called. */
export function mapTitle({ name }: Pick<MapSummary, "name">): string {
  return variableSection(name)?.title ?? name;
}

/** After the maps that C names: variables, then constants. */
export function variablesLast<M extends Pick<MapSummary, "name">>(maps: readonly M[]): readonly M[] {
  const order = [".data", ".bss", ".rodata"];
  const rank = ({ name }: M): number => {
    const section = variableSection(name)?.section;
    return section === undefined ? -1 : order.findIndex((one) => section.startsWith(one));
  };
  return maps.toSorted((one, other) => rank(one) - rank(other));
}
