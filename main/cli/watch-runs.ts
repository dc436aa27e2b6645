/** How often the attached programs ran since the last look; the kernel counts runs while somebody asks. */
import { Failed } from "../../protocol/failures.ts";
import type { NetworkInterface } from "../../protocol/interfaces.ts";
import type { WorkbenchSession } from "../workbench.ts";
import { placeOf, type WantedPlace } from "./choose-place.ts";

export interface Runs {
  readonly device: NetworkInterface;
  readonly program: NetworkInterface["attached"][number];
  readonly runsPerSecond: number;
  /** null where it did not run */
  readonly nanosecondsPerRun: number | null;
}

export interface RunWatch {
  /** of programs that ran */
  read(): Promise<Runs[]>;
  /** what is attached may be something else by now */
  changed(): void;
}

interface Before {
  readonly at: number;
  readonly count: bigint;
  readonly nanoseconds: bigint;
}

export function createRunWatch(
  handlers: () => Pick<WorkbenchSession["handlers"], "interfaces.list" | "interfaces.counters">,
  wanted: WantedPlace,
  namespaceNamed: boolean,
): RunWatch {
  let devices: readonly NetworkInterface[] | null = null;
  let before: ReadonlyMap<string, Before> = new Map();
  const never = { token: { isCancellationRequested: false, onCancellationRequested: () => ({ dispose() {} }) } };

  const find = async (): Promise<readonly NetworkInterface[]> => {
    const { interfaces } = await handlers()["interfaces.list"]({}, never);
    return interfaces.filter(
      ({ name, netns, attached }) =>
        attached.length > 0 &&
        (wanted.device === null || (name === wanted.device && netns === wanted.netns)) &&
        (!namespaceNamed || netns === wanted.netns),
    );
  };
  return {
    changed() {
      devices = null;
    },
    async read() {
      devices ??= await find();
      const next = new Map<string, Before>();
      const found: Runs[] = [];
      for (const device of devices) {
        const place = placeOf(device);
        const counters = await handlers()
          ["interfaces.counters"]({ place }, never)
          // it went away: the next list is without it
          .catch((error: unknown) => {
            if (!(error instanceof Failed)) throw error;
            return null;
          });
        for (const { id, count, nanoseconds } of counters?.runs ?? []) {
          const program = device.attached.find((one) => one.id === id);
          if (counters === null || program === undefined) continue;
          const key = `${place.netns ?? ""}/${place.ifindex}/${id}`;
          const current = { at: counters.at, count: BigInt(count), nanoseconds: BigInt(nanoseconds) };
          next.set(key, current);
          const last = before.get(key);
          if (last !== undefined) found.push(...difference(device, program, last, current));
        }
      }
      before = next;
      return found;
    },
  };
}

function difference(device: NetworkInterface, program: Runs["program"], last: Before, now: Before): Runs[] {
  const [grown, seconds] = [Number(now.count - last.count), (now.at - last.at) / 1_000];
  if (grown <= 0 || seconds <= 0) return [];
  const nanosecondsPerRun = Number(now.nanoseconds - last.nanoseconds) / grown;
  return [{ device, program, runsPerSecond: grown / seconds, nanosecondsPerRun }];
}
