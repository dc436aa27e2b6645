/**
 * Deadlines as windows see them. The guards themselves need nobody: what is here tells of them and carries the user's
 * word. Nothing asks for root: without it the list is empty, and whole again once the helper is there.
 */
import type { Guard, GuardedMap, GuardList } from "../../../protocol/guard.ts";
import { fail } from "../../../protocol/failures.ts";
import type { HelperPool } from "../../helpers/helper-pool.ts";
import type { Attachments } from "../attachments.ts";

export interface Guards {
  /** from the first time on, changes are told */
  list(): Promise<GuardList>;
  confirm(guard: string): Promise<Guard>;
  rollBack(guard: string): Promise<Guard>;
  /** of the helper */
  changed(list: GuardList): void;
  /** the helper came or went: it hears of guards only once it is asked */
  helperChanged(): void;
}

export interface GuardsOptions {
  readonly helpers: () => HelperPool;
  readonly attachments: Attachments;
  readonly tell: (list: GuardList) => void;
}

export function createGuards({ helpers, attachments, tell }: GuardsOptions): Guards {
  let wanted = false;
  const ask = async (): Promise<GuardList> => {
    const peer = await helpers().elevatedIfFree();
    return peer === null ? { guards: [] } : peer.request("guards.list", {});
  };
  const settle = async (guard: string, how: "guards.confirm" | "guards.rollBack", doing: string): Promise<Guard> => {
    const peer = await helpers().elevated(`${doing} what guard ${guard} guards`);
    return peer.request(how, { guard });
  };
  return {
    list() {
      wanted = true;
      return ask();
    },
    async confirm(guard) {
      const settled = await settle(guard, "guards.confirm", "confirm");
      if (settled.state === "confirmed") remember(attachments, settled);
      return settled;
    },
    rollBack: (guard) => settle(guard, "guards.rollBack", "roll back"),
    changed: tell,
    helperChanged() {
      if (wanted && helpers().state().state === "ready") ask().then(tell, () => undefined);
    },
  };
}

/** What the user keeps is the user's, though another workbench may have attached it. */
function remember(attachments: Attachments, { targets, source }: Guard): void {
  const [first] = targets;
  if (first === undefined || source === undefined || attachments.isOurs(first.program)) return;
  const { id, tag, loadTime, name } = first.program;
  attachments.remember({ program: { id, tag, loadTime, name }, place: first.place, source });
}

/**
 * The guard that a person means: the one with that id, or the only one that waits.
 * @throws Failed `not-found`, `ambiguous`
 */
export function chooseGuard({ guards }: GuardList, id: string | null): Guard {
  if (id !== null) {
    const named = guards.find(({ guard }) => guard === id);
    if (named !== undefined) return named;
    const message = `guard ${id}: there is none (any more): it is over, or was never there`;
    return fail({ kind: "not-found", what: "guard", name: id, message });
  }
  const [only, ...others] = guards.filter(({ state }) => state === "waiting");
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined) {
    return fail({ kind: "not-found", what: "guard", name: "", message: "nothing waits for a word" });
  }
  const lines = [only, ...others].map((one) => `${one.guard} (${guardWords(one)})`).join(", ");
  return fail({ kind: "ambiguous", name: "guard", ids: [], message: `several wait: say which: ${lines}` });
}

/** "the change of 2 rows" */
export function changeWords({ rows }: GuardedMap): string {
  return `the change of ${rows === 1 ? "1 row" : `${rows} rows`}`;
}

/** "xdp_filter on eth0, eth1" */
export function guardWords({ targets, map }: Guard): string {
  if (map !== undefined) return `${changeWords(map)} of map ${map.name}`;
  return `${targets[0]?.program.name ?? ""} on ${targets.map(({ place }) => place.name).join(", ")}`;
}
