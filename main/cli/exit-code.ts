/** What a script learns from the exit status. */
import { assertNever, type Failure } from "../../protocol/failures.ts";

export const exitCodes = {
  done: 0,
  /** the answer is no: does not compile, rejected, not found, refused */
  no: 1,
  /** the command line itself is wrong: nothing was tried */
  usage: 2,
  /** the environment lacks something, which the message names */
  environment: 3,
  /** 128 + SIGINT, as a shell would say it */
  cancelled: 130,
} as const;

export function exitCode(failure: Failure): number {
  switch (failure.kind) {
    case "usage":
      return exitCodes.usage;
    case "missing-tool":
    case "no-privilege":
    case "port-taken":
    case "unsupported":
      return exitCodes.environment;
    case "cancelled":
      return exitCodes.cancelled;
    case "kernel":
    case "not-found":
    case "ambiguous":
    case "foreign-program":
    case "build-failed":
    case "rejected":
    case "bad-value":
    case "bad-object":
    case "name-taken":
    case "file":
    case "changed-on-disk":
    case "too-large":
    case "helper-gone":
    case "invalid-message":
      return exitCodes.no;
    default:
      return assertNever(failure);
  }
}
