/** attach in two steps: loaded and held here, its maps filled by main, then put in its place or closed again. */
import type { CancellationToken } from "vscode-jsonrpc";
import type * as z from "zod";
import type { AttachedAll, PrepareParams, preparedAttachment } from "../../protocol/attach.ts";
import { fail } from "../../protocol/failures.ts";
import type { HelperContext } from "../context.ts";
import type { Guards } from "../guard/guards.ts";
import type { Held } from "../ledger.ts";
import { attachedProgram } from "../programs.ts";
import { type Loaded, nameOf, putLoaded } from "./attach.ts";
import { loadProgram } from "./load-program.ts";
import { checkTargets } from "./put-all.ts";

export interface Preparations {
  prepare(params: PrepareParams, token: CancellationToken): Promise<z.infer<typeof preparedAttachment>>;
  /** closes what was prepared, whatever comes of it */
  commit(prepared: number, token: CancellationToken): Promise<AttachedAll>;
  /** quiet where it is gone already */
  discard(prepared: number): void;
}

interface Prepared extends Loaded {
  readonly held: Held;
}

/** A caller that forgets to commit or discard does not fill the kernel's memory. */
const most = 16;

export function createPreparations(context: HelperContext, guards: Guards): Preparations {
  const { native, ledger } = context;
  const waiting = new Map<number, Prepared>();
  let last = 0;
  const take = (prepared: number): Prepared | undefined => {
    const found = waiting.get(prepared);
    waiting.delete(prepared);
    return found;
  };
  return {
    async prepare(params, token) {
      if (waiting.size >= most) {
        fail({ kind: "too-large", limit: most, message: `prepare ${params.program}: ${most} programs wait already` });
      }
      checkTargets(native, params.targets);
      // its process starts while the verifier is at work
      const guard = params.confirmWithin === undefined ? null : guards.start();
      try {
        const loaded = await loadProgram(native, params, token);
        const held = ledger.hold(nameOf(params), () => {
          loaded.close();
          guard?.release();
        });
        last += 1;
        waiting.set(last, { params, loaded, guard, held });
        const { mode: _, ...program } = attachedProgram("native", native.programInfo(loaded.programId));
        return { prepared: last, program, maps: loaded.maps.map(({ name, id }) => ({ name, id })) };
      } catch (error) {
        guard?.release();
        throw error;
      }
    },
    async commit(prepared, token) {
      const found = take(prepared);
      if (found === undefined) {
        return fail({
          kind: "not-found",
          what: "prepared program",
          name: `${prepared}`,
          message: `attach prepared program ${prepared}: there is none (any more)`,
        });
      }
      try {
        return await putLoaded(context, guards, found, token);
      } finally {
        found.held.release();
      }
    },
    discard(prepared) {
      take(prepared)?.held.release();
    },
  };
}
