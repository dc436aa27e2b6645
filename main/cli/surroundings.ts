/** What a run of xdpw is given, by its door or by a test. */
import type { Workbench, WorkbenchSession } from "../workbench.ts";
import type { CommandContext, Person } from "./command.ts";

/** What a run has of its process. */
export interface Surroundings {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly terminal: { readonly stdout: boolean; readonly stderr: boolean };
  /** resolves when more may be written */
  readonly stdout: (text: string | Uint8Array) => Promise<void>;
  readonly stderr: (text: string) => void;
  /** null where standard input or standard error is no terminal */
  readonly person: Person | null;
  readonly version: () => string;
  /** loads what a command needs: help and version do without. `tell` gets lines that a person may want to see */
  readonly open: (tell: Tell) => Promise<Opened>;
}

export interface Tell {
  /** how far long work is */
  readonly progress: (text: string) => void;
  /** the equivalent commands of what was done */
  readonly commands: (lines: readonly string[]) => void;
}

export interface Opened {
  readonly workbench: Workbench;
  readonly handlers: WorkbenchSession["handlers"];
  readonly token: CommandContext["token"];
}
