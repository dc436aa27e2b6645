/** What was done in this run, newest last, for the Commands panel. */
import type { Command } from "../../protocol/session.ts";
import type { Twin } from "./twins.ts";

const kept = 500;

export interface CommandLog {
  add(twin: Twin, ok?: boolean): void;
  /** for what a window asks by itself, again and again: only the first time */
  addOnce(twin: Twin): void;
  all(): readonly Command[];
}

export function createCommandLog(added: (command: Command) => void): CommandLog {
  const commands: Command[] = [];
  const add = (twin: Twin, ok = true): void => {
    const command: Command = { at: Date.now(), what: twin.what, lines: [...twin.lines], xdpw: twin.xdpw, ok };
    commands.push(command);
    if (commands.length > kept) commands.shift();
    added(command);
  };
  return {
    add,
    addOnce(twin) {
      const lines = twin.lines.join("\n");
      if (!commands.some((command) => command.lines.join("\n") === lines)) add(twin);
    },
    all: () => commands,
  };
}
