/** attach in two steps: loaded and held here, its maps filled by main, then put in its place or closed again. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { z } from "zod";
import type { Attachment, preparedAttachment } from "../../protocol/attach.ts";
import { fail } from "../../protocol/failures.ts";
import type { HelperContext } from "../context.ts";
import type { Held } from "../ledger.ts";
import type { LoadedObject } from "../native/face.ts";
import { check, putLoaded } from "./attach.ts";
import { type AttachProgramParams, loadProgram } from "./load-program.ts";

type Context = Pick<HelperContext, "native" | "ledger" | "environment">;

export interface Preparations {
  prepare(params: AttachProgramParams, token: CancellationToken): Promise<z.infer<typeof preparedAttachment>>;
  /** closes what was prepared, whatever comes of it */
  commit(prepared: number, token: CancellationToken): Promise<Attachment>;
  /** quiet where it is gone already */
  discard(prepared: number): void;
}

interface Prepared {
  readonly params: AttachProgramParams;
  readonly loaded: LoadedObject;
  readonly held: Held;
}

/** A caller that forgets to commit or discard does not fill the kernel's memory. */
const most = 16;

export function createPreparations(context: Context): Preparations {
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
      check(native, params);
      const loaded = await loadProgram(native, params, token);
      const held = ledger.hold(`program ${params.program} for ${params.place.name}`, () => loaded.close());
      last += 1;
      waiting.set(last, { params, loaded, held });
      return { prepared: last, maps: loaded.maps.map(({ name, id }) => ({ name, id })) };
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
        return await putLoaded(context, found.params, found.loaded, token);
      } finally {
        found.held.release();
      }
    },
    discard(prepared) {
      take(prepared)?.held.release();
    },
  };
}
