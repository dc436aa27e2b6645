/** Deadlines as the command line prints them. */
import type { Guard } from "../../protocol/guard.ts";
import { sayNetns } from "../interfaces/find-interface.ts";
import { changeWords } from "../attach/guards/guards.ts";
import { programJson } from "./json-shapes.ts";

export function guardJson({ guard, state, seconds, secondsLeft, words, targets, map }: Guard) {
  return {
    ...{ guard, state, seconds, seconds_left: secondsLeft, words },
    ...(map === undefined ? {} : { map: { id: map.id, name: map.name, rows: map.rows, journal: map.journal } }),
    targets: targets.map(({ place: { ifindex, name, netns }, program, previous }) => ({
      ...{ ifindex, name, netns },
      program: programJson(program),
      previous: previous === null ? null : programJson(previous),
    })),
  };
}

/** "eth0 in this namespace runs nothing again, eth1 …": what comes unless it is confirmed */
export function whatComesBack({ targets, map }: Guard): string {
  if (map !== undefined) return `${changeWords(map)} of map ${map.name} is taken back`;
  return targets
    .map(({ place, previous }) => {
      const where = `${place.name} in ${sayNetns(place.netns)}`;
      return previous === null
        ? `${where} runs nothing again`
        : `${where} runs ${previous.name} (id ${previous.id}, ${previous.mode}) again`;
    })
    .join(", ");
}

/** For scripts, and for whoever is at another terminal. */
export function howToConfirm(guard: Guard): string {
  return [
    `  to keep it, within ${guard.seconds} s: xdpw confirm ${guard.guard}`,
    `  otherwise ${whatComesBack(guard)}; at once: xdpw rollback ${guard.guard}`,
    "",
  ].join("\n");
}
