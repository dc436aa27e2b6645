/** Every kind of failure to its exit status. */
import { assertNever, type Failure } from "../../protocol/failures.ts";
import { exitCodes } from "./exit-codes.ts";

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
