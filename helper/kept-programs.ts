/** Programs that are held open for a program array: what was taken out of it can be put back, what is chosen for it is there. */
import type { HelperContext } from "./context.ts";
import { hasCode, naming } from "./failures.ts";
import type { Held } from "./ledger.ts";

/** then the one that was kept first goes */
const most = 256;

export interface KeptPrograms {
  /** until the helper ends; one that is gone already is passed over */
  keep(id: number): void;
}

export function createKeptPrograms({ native, ledger }: Pick<HelperContext, "native" | "ledger">): KeptPrograms {
  const kept = new Map<number, Held>();
  return {
    keep(id) {
      if (id === 0 || kept.has(id)) return;
      const fd = open(id);
      if (fd === null) return;
      const held = ledger.hold(`program id ${id}`, () => native.closeFd(fd));
      kept.set(id, held);
      const [first] = kept;
      if (kept.size <= most || first === undefined) return;
      kept.delete(first[0]);
      first[1].release();
    },
  };

  function open(id: number): number | null {
    try {
      return native.openProgram(id);
    } catch (error) {
      if (hasCode(error, "ENOENT")) return null;
      return naming({ doing: `open program id ${id}` }, () => {
        throw error;
      });
    }
  }
}
