/** What was done in this run, newest last, for the Commands panel. */
import type { Command } from "../../protocol/session.ts";
import type { Twin } from "./twins.ts";

const kept = 500;

export interface CommandLog {
  add(twin: Twin, ok?: boolean): void;
  all(): readonly Command[];
}

export function createCommandLog(added: (command: Command) => void): CommandLog {
  const commands: Command[] = [];
  return {
    add(twin, ok = true) {
      const command: Command = { at: Date.now(), what: twin.what, lines: [...twin.lines], xdpw: twin.xdpw, ok };
      commands.push(command);
      if (commands.length > kept) commands.shift();
      added(command);
    },
    all: () => commands,
  };
}
