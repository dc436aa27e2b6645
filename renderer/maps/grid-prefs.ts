/** How the user wants the tables of maps of a name: kept in the browser. */
import { readSetting, writeSetting } from "../session/settings.ts";

export interface GridPrefs {
  /** px by column */
  readonly widths: Readonly<Record<string, number>>;
  /** columns that were moved, in their order */
  readonly order: readonly string[];
  readonly hidden: readonly string[];
  /** a column with the rate beside each counter */
  readonly rates: boolean;
  /** a column a CPU */
  readonly cpus: boolean;
  /** ms from one reading to the next; null: when asked */
  readonly every: number | null;
  /** prefixes as a tree */
  readonly tree: boolean;
}

export const usualEvery = 500;
export const usualPrefs: GridPrefs = {
  widths: {},
  order: [],
  hidden: [],
  rates: false,
  cpus: false,
  every: usualEvery,
  tree: false,
};

export function readPrefs(map: string): GridPrefs {
  try {
    const read: unknown = JSON.parse(readSetting(`grid.${map}`) ?? "{}");
    return typeof read === "object" && read !== null ? checked(read) : usualPrefs;
  } catch {
    return usualPrefs;
  }
}

export function writePrefs(map: string, prefs: GridPrefs): void {
  writeSetting(`grid.${map}`, JSON.stringify(prefs));
}

function checked(read: object): GridPrefs {
  const { widths, order, hidden, rates, cpus, every, tree } = read as Record<string, unknown>;
  const texts = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
  const numbers = typeof widths === "object" && widths !== null ? Object.entries(widths) : [];
  return {
    widths: Object.fromEntries(
      numbers.filter(([, width]) => typeof width === "number" && width >= 24 && width <= 2000),
    ),
    order: texts(order),
    hidden: texts(hidden),
    rates: rates === true,
    cpus: cpus === true,
    tree: tree === true,
    every: every === null ? null : typeof every === "number" && every >= 100 && every <= 600_000 ? every : usualEvery,
  };
}
