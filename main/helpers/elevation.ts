/** How a helper becomes root here, and the process that makes it so. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { basename } from "node:path";
import sudoPrompt from "sudo-prompt";
import { onPath } from "../paths.ts";

export type Way = "already-root" | "sudo" | "desktop" | "none";

/** What only a caller knows: whether there is a terminal to ask on. */
export interface Asking {
  readonly terminal: boolean;
}

export function chooseWay(asking: Asking): Way {
  if (process.geteuid?.() === 0) return "already-root";
  const graphical = Boolean(process.env["DISPLAY"] || process.env["WAYLAND_DISPLAY"]);
  if (asking.terminal && onPath("sudo") !== null) return "sudo";
  if (graphical && onPath("pkexec") !== null) return "desktop";
  if (onPath("sudo") !== null && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0) return "sudo";
  return "none";
}

/** As build/polkit/xdp-workbench.policy has it. */
const installedNode = "/opt/xdp-workbench/resources/node";
const installedAction = "/usr/share/polkit-1/actions/xdp-workbench.policy";

export interface Started {
  /** resolves when the starter is done: with a sentence where it failed or was refused */
  readonly ended: Promise<string>;
  kill(): void;
}

export function startElevated(way: Exclude<Way, "none">, asking: Asking, argv: readonly string[]): Started {
  switch (way) {
    case "already-root":
      return startChild([...argv, "--crossed", "none"], "ignore");
    case "sudo": {
      const flags = asking.terminal
        ? ["-p", "XDP Workbench loads and attaches programs as root. Password for %p: "]
        : ["-n"];
      return startChild(["sudo", ...flags, "--", ...argv, "--crossed", "sudo"], asking.terminal ? "inherit" : "ignore");
    }
    case "desktop": {
      const crossing = [...argv, "--crossed", "pkexec"];
      // An installed package has an action of its own, whose dialog names the product and what it asks for.
      const installed = argv[0] === installedNode && existsSync(installedAction);
      return installed
        ? startChild(["pkexec", "--disable-internal-agent", ...crossing], "ignore")
        : startByPrompt(crossing);
    }
  }
}

export function startChild(argv: readonly string[], stdin: "ignore" | "inherit"): Started {
  const [command, ...rest] = argv;
  if (command === undefined) throw new Error("nothing to start");
  const child = spawn(command, rest, {
    stdio: [stdin, "ignore", stdin === "inherit" ? "inherit" : "pipe"],
    // A session of its own: a Ctrl+C in our terminal is ours. sudo on a terminal needs that terminal.
    detached: stdin === "ignore",
    cwd: "/",
  });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-2000);
  });
  const ended = new Promise<string>((resolve) => {
    // more than once: a signal to sudo, which runs as root, is an error of its own
    child.on("error", (error) => resolve(error.message));
    child.once("close", (code, signal) =>
      resolve(said.trim() || `${basename(command)} ended with ${signal ?? `exit code ${code ?? "?"}`}`),
    );
  });
  return { ended, kill: () => void child.kill("SIGKILL") };
}

/** pkexec behind a dialog. Only paths and words of plain characters may enter its command string. */
function startByPrompt(argv: readonly string[]): Started {
  const unsafe = argv.find((word) => !/^[\w@%+=:,./-]+$/.test(word));
  if (unsafe !== undefined) {
    const why = `the path ${JSON.stringify(unsafe)} has characters that cannot pass to the password dialog safely: move the program, or start it from a terminal with sudo`;
    return { ended: Promise.resolve(why), kill: () => undefined };
  }
  // sudo-prompt writes the working directory into its command line unescaped, some time after it was called: this
  // process stays in / from here on. Every path that it handles is absolute.
  process.chdir("/");
  const ended = new Promise<string>((resolve) => {
    sudoPrompt.exec(argv.join(" "), { name: "XDP Workbench" }, (error, _said, complaint) => {
      // what pkexec itself said is exact; the library's own words take every refusal for the user's
      const [first = ""] = (complaint?.toString() ?? "").trim().split("\n");
      const ran = error === undefined || error === null || error.message.startsWith("Command failed");
      resolve(first || (ran ? "it ended before it connected" : error.message));
    });
  });
  return { ended, kill: () => undefined };
}
