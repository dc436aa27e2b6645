/** Twins of what has a deadline or several places. No tool but xdpw rolls back by itself. */
import type { AttachedAll } from "../../protocol/attach.ts";
import type { Stage } from "../../protocol/build.ts";
import type { Guard } from "../../protocol/guard.ts";
import type { LoadOptions } from "../../protocol/reload.ts";
import { shell } from "./shell.ts";
import { attachTwin, detachTwin, type Twin } from "./twins.ts";

export function attachAllTwin(
  path: string,
  stages: readonly Stage[],
  { attachments }: AttachedAll,
  load: LoadOptions = {},
): Twin {
  const all = attachments.map((one) => attachTwin(path, stages, one, load));
  const [first, ...others] = attachments;
  const words = all[0]?.xdpw ?? null;
  const together = others.every(({ place }) => place.netns === first?.place.netns);
  const more = others.map(({ place }) => ` ${shell(["--dev", place.name])}`).join("");
  return {
    what: `attach ${first?.program.name ?? ""} to ${attachments.map(({ place }) => place.name).join(", ")}`,
    // each of these loads the program once more, with maps of its own
    lines: all.flatMap(({ lines }) => lines),
    xdpw: words === null || !together ? null : words.replace(/ --dev \S+/, (dev) => `${dev}${more}`),
  };
}

export function confirmTwin({ guard, map, words }: Guard): Twin {
  const stays = map === undefined ? "what is attached stays until it is detached" : "what was written stays";
  return {
    what: words,
    lines: [`# nothing to do: ${stays}`],
    xdpw: shell(["xdpw", "confirm", guard]),
  };
}

export function rollBackTwin({ guard, targets, map, words }: Guard): Twin {
  if (map !== undefined) {
    const lines = [`# the rows before, row by row: ${shell(["xdpw", "map", "undo", map.journal])}`];
    return { what: words, lines, xdpw: shell(["xdpw", "rollback", guard]) };
  }
  return {
    what: words,
    lines: targets.flatMap(({ place, program, previous }) => {
      const lines = detachTwin({ place, program }).lines;
      if (previous === null) return lines;
      return [...lines, `# and ${previous.name} (id ${previous.id}, ${previous.mode}) attached again in its place`];
    }),
    xdpw: shell(["xdpw", "rollback", guard]),
  };
}
