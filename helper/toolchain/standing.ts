/**
 * Standing compilers: after a build the processes of the next one are started at once and wait on standard input, so
 * that their own start (20 ms each, and a sandbox's) is over when somebody saves. They are used only for exactly the
 * same command in exactly the same surroundings; else they stand until they are old, and a fresh start does the work.
 */
import type { HelperContext } from "../context.ts";
import { type StageCommands, type Stages, startStages } from "./stages.ts";

/** for one source: the save, and the check while typing */
const maximum = 2;
/** each costs about 12 MB */
const idle = 60_000;

export interface Standing {
  /** Stages that were started for this key and still stand; they are the caller's then. */
  take(key: string): Stages | null;
  /** Has stages for this key stand ready; the oldest of the others go where there are too many. */
  prepare(key: string, commands: StageCommands): void;
  /** Nobody will ask for these any more. */
  end(key: string): void;
}

export function createStanding(context: Pick<HelperContext, "ledger" | "environment">): Standing {
  const standing = new Map<string, { readonly stages: Stages; readonly timer: NodeJS.Timeout }>();
  const remove = (key: string): Stages | null => {
    const found = standing.get(key);
    if (found === undefined) return null;
    clearTimeout(found.timer);
    standing.delete(key);
    return found.stages;
  };
  const end = (key: string): void => remove(key)?.kill();
  return {
    end,
    take(key) {
      const stages = remove(key);
      if (stages?.over() !== true) return stages;
      stages.kill();
      return null;
    },
    prepare(key, commands) {
      if (standing.get(key)?.stages.over() === false) return;
      end(key);
      for (const oldest of standing.keys()) {
        if (standing.size < maximum) break;
        end(oldest);
      }
      const stages = startStages(context, commands);
      const timer = setTimeout(() => end(key), idle);
      timer.unref();
      standing.set(key, { stages, timer });
    },
  };
}
