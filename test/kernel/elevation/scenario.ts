/** What the three parts of these tests tell each other: test → stage (root, in namespaces) → user. */
import type { Failure } from "../../../protocol/failures.ts";
import type { HelperDescription, HelperState } from "../../../protocol/session.ts";

export interface Scenario {
  /** what polkit's rule says of bash for the user; none: no rule, so that a password is wanted and nobody can be asked */
  readonly polkit: "yes" | "no" | "none";
  readonly bus: boolean;
  /** use_pty: without a password too, with a terminal of sudo's own between */
  readonly sudo: "nopasswd" | "use_pty" | "none";
  readonly desktop: boolean;
  /** main says that it has a terminal to ask on */
  readonly terminal: boolean;
  /** deadline: main attaches with one, and its terminal is closed then */
  readonly ending: "describe" | "kill main" | "kill helper" | "deadline";
}

/** One line of JSON of the user's process. */
export interface UserReport {
  readonly uid: number;
  readonly way: HelperState["way"];
  readonly helper: HelperDescription | null;
  readonly failure: Failure | null;
  readonly state: HelperState;
  readonly builds: boolean;
  /** after the elevated helper was killed: what the state said, and the pid of the next one */
  readonly afterKill: { readonly state: HelperState; readonly next: number } | null;
}

export interface StageReport {
  /** of a deadline: whether a program was attached when main was gone, and whether one was after the deadline */
  readonly attached: readonly boolean[];
  readonly user: UserReport;
  /** command lines of what the workbench left behind, and names in its runtime directory */
  readonly processes: readonly string[];
  readonly sockets: readonly string[];
}

/** the veth of the stage's own network namespace, and the seconds to confirm in */
export const guarded = { name: "xdpwport", seconds: 3 };
export const user = { name: "xdpwtest", id: 61_734 };
/** where in the stage's own file system things are */
export interface Place {
  readonly repository: string;
  readonly program: string;
  readonly home: string;
  readonly runtime: string;
}
