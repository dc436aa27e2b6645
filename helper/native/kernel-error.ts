/** What the native surface throws, or rejects with, where the kernel or libbpf says no. */
export interface KernelError extends Error {
  /** positive errno, e.g. 1 */
  readonly errno: number;
  /** its name, e.g. "EPERM" */
  readonly code: string;
  /** what was called, e.g. "BPF_PROG_LOAD", "RTM_SETLINK", "setns" */
  readonly operation: string;
  /** netlink's extended acknowledgement, verbatim, where there was one */
  readonly extack?: string;
  /** the verifier's log, whole, where a program was judged; of one over 256 MiB its end */
  readonly log?: string;
  /** what libbpf itself printed during the call, all levels from warn up */
  readonly libbpf?: string;
  /** how much of a batch or a send was done before the error */
  readonly done?: number;
}
