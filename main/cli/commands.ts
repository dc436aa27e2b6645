/** Every command of xdpw, in the order of the path: source, object, verdict, attachment, maps. */
import { attachCommands } from "./attach-commands.ts";
import type { CommandSpec } from "./command.ts";
import { labCommands } from "./lab-commands.ts";
import { mapCommands } from "./map-commands.ts";
import { programCommands } from "./program-commands.ts";

export const commands: readonly CommandSpec[] = [
  ...programCommands,
  ...attachCommands,
  ...mapCommands,
  ...labCommands,
  {
    words: ["serve"],
    summary: "serve the workbench to a browser, on this machine's loopback only",
    arguments: [],
    flags: { port: { value: "N", what: "the port, 0 for any free one (default: 8471, or a free one)" } },
    examples: ["xdpw serve", "xdpw serve --port 9000"],
    load: async () => (await import("./serve.ts")).runServe,
  },
];
