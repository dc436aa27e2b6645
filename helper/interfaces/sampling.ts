/**
 * The numbers of an interface ten times a second, kept for as long as somebody asks for them. A reading costs a tenth of a
 * millisecond and a message to the window ten times that: so readings wait here, and several go in one answer.
 */
import type { InterfaceCounters, InterfaceSamples } from "../../protocol/interface-details.ts";
import { fail } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import type { Role } from "../arguments.ts";
import type { HelperContext } from "../context.ts";
import type { Held } from "../ledger.ts";
import type { RunStatistics } from "../run-statistics.ts";
import { countInterface } from "./counters.ts";

/** ms between two readings */
const every = 100;
/** ms after the last question: nobody looks any more */
const lease = 2_000;
/** more than go by in a lease */
const kept = 30;
const mostPlaces = 16;

export interface Sampling {
  /** @throws Failed `not-found`, also where the interface went away meanwhile; `no-privilege` */
  take(place: Place, since: number): InterfaceSamples;
}

interface Sampled {
  readonly samples: InterfaceCounters[];
  asked: number;
  held: Held | null;
}

type Context = Pick<HelperContext, "native" | "ledger">;

export function createSampling(context: Context, role: Role, runs: RunStatistics | null): Sampling {
  const running = new Map<string, Sampled>();

  const begin = (key: string, place: Place): Sampled => {
    if (running.size >= mostPlaces) {
      const message = `count at ${place.name}: ${mostPlaces} interfaces are counted already: close some of their pages`;
      fail({ kind: "too-large", limit: mostPlaces, message });
    }
    const sampled: Sampled = {
      samples: [countInterface(context, role, runs, place)],
      asked: performance.now(),
      held: null,
    };
    const read = (): void => {
      // not from now on: an interval that waits for its turn grows longer each time
      due = Math.max(due + every, performance.now());
      timer = setTimeout(read, due - performance.now());
      if (performance.now() - sampled.asked > lease) {
        sampled.held?.release();
        return;
      }
      try {
        sampled.samples.push(countInterface(context, role, runs, place));
        if (sampled.samples.length > kept) sampled.samples.shift();
      } catch {
        // the next question begins anew, and is told why it cannot
        sampled.held?.release();
      }
    };
    let due = performance.now() + every;
    let timer = setTimeout(read, every);
    sampled.held = context.ledger.hold(`count of ${place.name}`, () => {
      clearTimeout(timer);
      running.delete(key);
    });
    running.set(key, sampled);
    return sampled;
  };

  return {
    take(place, since) {
      const key = `${place.netns ?? ""}/${place.ifindex}/${place.name}`;
      const sampled = running.get(key) ?? begin(key, place);
      sampled.asked = performance.now();
      return answer(sampled.samples, since);
    },
  };
}

/** Total. Samples whose driver counted other things than it does now (queues were added) are left out. */
export function answer(samples: readonly InterfaceCounters[], since: number): InterfaceSamples {
  const last = samples.at(-1);
  if (last === undefined) return { driver: [], samples: [] };
  const names = last.driver.map(({ name }) => name);
  const alike = ({ driver }: InterfaceCounters): boolean =>
    driver.length === names.length && driver.every(({ name }, index) => name === names[index]);
  // a caller that knows a later moment than there is knows it of another helper
  const after = since > last.at ? 0 : since;
  return {
    driver: names,
    samples: samples
      .filter((sample) => sample.at > after && alike(sample))
      .map((sample) => ({ ...sample, driver: sample.driver.map(({ value }) => value) })),
  };
}
