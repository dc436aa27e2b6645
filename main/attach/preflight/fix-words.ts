/** The command that does what the workbench would do to mend a line. */
import type { Place } from "../../../protocol/interfaces.ts";
import type { Fix, PreflightLine } from "../../../protocol/preflight.ts";
import { assertNever } from "../../../protocol/failures.ts";
import { inside, ip, shell } from "../../commands/shell.ts";
import type { Twin } from "../../commands/twins.ts";

export type LineFix = PreflightLine["fixes"][number];
/** what lines of one kind share */
export type LineBase = Omit<PreflightLine, "weight" | "text">;

export function fixCommand(fix: Fix): string {
  const { netns, name } = fix.place;
  switch (fix.do) {
    case "set-mtu":
      return shell([...ip(netns), "link", "set", "dev", name, "mtu", `${fix.mtu}`]);
    case "set-up":
      return shell([...ip(netns), "link", "set", "dev", name, "up"]);
    case "set-feature":
      return shell([...inside(netns), "ethtool", "-K", name, fix.feature, fix.on ? "on" : "off"]);
    case "set-channels":
      return shell([...inside(netns), "ethtool", "-L", name, fix.kind, `${fix.count}`]);
    default:
      return assertNever(fix);
  }
}

export function fixTwin(fix: Fix): Twin {
  const what = {
    "set-mtu": () => `set the MTU of ${fix.place.name}`,
    "set-up": () => `set ${fix.place.name} up`,
    "set-feature": () => `change an offload of ${fix.place.name}`,
    "set-channels": () => `change the queues of ${fix.place.name}`,
  } as const satisfies Record<Fix["do"], () => string>;
  return { what: what[fix.do](), lines: [fixCommand(fix)], xdpw: null };
}

/** One that the workbench can do itself. */
export function runnable(text: string, run: Fix): LineFix {
  return { command: fixCommand(run), text, run };
}

/** One that is the user's to run. */
export function command(text: string, words: readonly string[]): LineFix {
  return { command: shell(words), text, run: null };
}

export function placeOf({ netns, ifindex, name }: Place): Place {
  return { netns, ifindex, name };
}

export function saying(netns: string | null): string {
  return netns === null ? "this namespace" : `namespace ${netns}`;
}
