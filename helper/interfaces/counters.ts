/** The numbers of one interface that move, small enough to be asked for ten times a second. */
import type { InterfaceCounters } from "../../protocol/interface-details.ts";
import type { Place } from "../../protocol/interfaces.ts";
import { fail } from "../../protocol/failures.ts";
import type { Role } from "../arguments.ts";
import { gone } from "../attach/place.ts";
import type { HelperContext } from "../context.ts";
import { hasCode } from "../failures.ts";
import { inNamespace } from "../namespaces.ts";
import type { RunStatistics } from "../run-statistics.ts";
import { linkAt } from "./links.ts";

/** of XDP, or of one queue; the rest of what a large NIC counts is not worth its bytes here */
const wanted = /xdp|^[rt]x(_queue_|-?)\d+|queue_\d+|_\d+_(packets|bytes|drops?)/i;
const most = 600;

export function countInterface(
  { native }: Pick<HelperContext, "native">,
  role: Role,
  runs: RunStatistics | null,
  place: Place,
): InterfaceCounters {
  if (role === "plain" && place.netns !== null) {
    fail({
      kind: "no-privilege",
      message: `count at ${place.name}: entering namespace ${place.netns} needs root`,
      need: "setns",
    });
  }
  try {
    return inNamespace(native, place.netns, () => {
      const link = linkAt(native, place.ifindex);
      if (link === null || link.name !== place.name) throw gone(place);
      const counting = link.attached.length > 0 && runs?.look() === true;
      return {
        // as close to the reading as can be: rates are differences
        at: performance.now(),
        link: Object.fromEntries(Object.entries(link.counters ?? {}).map(([name, value]) => [name, value.toString()])),
        driver: (native.driverStatistics(link.ifindex) ?? [])
          .filter(({ name }) => wanted.test(name))
          .slice(0, most)
          .map(({ name, value }) => ({ name: name.trim(), value: value.toString() })),
        runs: counting ? link.attached.flatMap(({ programId }) => runsOf(native, programId)) : [],
      };
    });
  } catch (error) {
    if (hasCode(error, "ENODEV", "ENXIO")) throw gone(place);
    throw error;
  }
}

function runsOf(native: HelperContext["native"], id: number): InterfaceCounters["runs"] {
  try {
    const { runCount, runTimeNs } = native.programInfo(id);
    return [{ id, count: runCount.toString(), nanoseconds: runTimeNs.toString() }];
  } catch (error) {
    if (hasCode(error, "ENOENT", "EPERM", "EACCES")) return [];
    throw error;
  }
}
