/** A failure as the user reads it: our sentence, and beside it what the kernel or the system said. */
import { assertNever, Failed, type Failure } from "../../protocol/failures.ts";

export interface FailureWords {
  readonly title: string;
  /** what the kernel or the tool said, or what to do; empty where the title says it all */
  readonly detail: string;
}

/** null for what nobody needs to be told: the user cancelled it. */
export function wordsOf(error: unknown): FailureWords | null {
  if (error instanceof Failed) return wordsOfFailure(error.failure);
  return { title: error instanceof Error ? error.message : String(error), detail: "" };
}

function wordsOfFailure(failure: Failure): FailureWords | null {
  const title = failure.message;
  switch (failure.kind) {
    case "kernel": {
      const said = failure.extack === null || failure.extack === "" ? "" : `, “${failure.extack}”`;
      return { title, detail: `The kernel said ${failure.code} (${failure.operation})${said}` };
    }
    case "ambiguous":
      return { title, detail: `ids ${failure.ids.join(", ")}` };
    case "missing-tool":
      return { title, detail: `${failure.tool} comes with the package ${failure.package}` };
    case "no-privilege":
      return { title, detail: `needed: ${failure.need}. Editing and building go on without it` };
    case "rejected":
    case "build-failed":
      return { title, detail: failure.diagnostics[0]?.message ?? "" };
    case "bad-object":
      return { title, detail: failure.reason };
    case "unsupported":
      return { title, detail: failure.since === null ? "" : `needs Linux ${failure.since} or later` };
    case "file":
      return { title, detail: failure.code };
    case "helper-gone":
      return { title, detail: "it may or may not have happened: look before doing it again" };
    case "cancelled":
      return null;
    case "not-found":
    case "foreign-program":
    case "bad-value":
    case "name-taken":
    case "changed-on-disk":
    case "too-large":
    case "port-taken":
    case "invalid-message":
    case "usage":
      return { title, detail: "" };
    default:
      return assertNever(failure);
  }
}
