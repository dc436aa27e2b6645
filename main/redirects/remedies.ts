/** What would help, each with its command for a shell, and what the workbench does itself. */
import { join } from "node:path";
import type { Place } from "../../protocol/interfaces.ts";
import type { RedirectCount, RedirectRemedy } from "../../protocol/redirects.ts";
import { runnable } from "../attach/preflight/fix-words.ts";
import { inside, shell, xdpwPlace } from "../commands/shell.ts";
import { templatesRoot } from "../paths.ts";
import { sayPlace } from "./name-ends.ts";

type RedirectMap = NonNullable<RedirectCount["map"]>;

export function passSource(): string {
  return join(templatesRoot(), "pass", "program.bpf.c");
}

export function passOn(place: Place): RedirectRemedy {
  return {
    text: `attach a program that passes everything to ${sayPlace(place)}`,
    command: shell(["xdpw", "attach", passSource(), ...xdpwPlace(place), "--mode", "native"]),
    run: { do: "attach-pass", place },
  };
}

export function turnOnGro(place: Place): RedirectRemedy {
  return {
    text: `turn on GRO on ${sayPlace(place)}`,
    command: shell([...inside(place.netns), "ethtool", "-K", place.name, "gro", "on"]),
    run: { do: "set-feature", place, feature: "rx-gro", on: true },
  };
}

export function setUp(place: Place): RedirectRemedy {
  return runnable(`set ${sayPlace(place)} up`, { do: "set-up", place });
}

/** How long they are nobody tells: the usual 1500, or jumbo frames where that is there already. */
export function raiseMtu(place: Place, now: number): RedirectRemedy {
  const mtu = now < 1500 ? 1500 : 9000;
  return runnable(`raise the MTU of ${sayPlace(place)} to ${mtu}`, { do: "set-mtu", place, mtu });
}

export function lookAtMap(map: Pick<RedirectMap, "id" | "name"> | null, text: string): RedirectRemedy[] {
  if (map === null) return [];
  const { id, name } = map;
  return [{ text, command: shell(["xdpw", "map", "dump", `id:${id}`]), run: { do: "open-map", map: id, name } }];
}
