/**
 * The kernel counts the runs of programs only while somebody asks it to, and each run then costs some nanoseconds more:
 * asked for while somebody looks, and given back when nobody has looked for a while.
 */
import { hasCode } from "./failures.ts";
import type { Held, Ledger } from "./ledger.ts";
import type { NativeFace } from "./native/face.ts";

/** ms after the last look */
const lease = 3_000;

export interface RunStatistics {
  /** false where we may not, or the kernel is older than 5.8 */
  look(): boolean;
}

export function createRunStatistics({ native, ledger }: { native: NativeFace; ledger: Ledger }): RunStatistics {
  let held: Held | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const open = (): void => {
    const fd = native.enableStatistics();
    held = ledger.hold("count of runs", () => {
      held = null;
      native.closeFd(fd);
    });
  };
  return {
    look() {
      try {
        if (held === null) open();
      } catch (error) {
        if (hasCode(error, "EPERM", "EACCES", "EINVAL")) return false;
        throw error;
      }
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(() => held?.release(), lease);
      timer.unref();
      return true;
    },
  };
}
