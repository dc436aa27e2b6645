import type { Diagnostic } from "../../protocol/diagnostic.ts";
import type { ObjectContents } from "../object/inspect-object.ts";
import { type SourceLine, sourceLine } from "../object/source-line.ts";
import { classifyRejection } from "./classify-rejection.ts";
import { type VerifierLog, readLog } from "./read-log.ts";

export interface Rejection {
  /** Null where the object could not be read: the log's own source lines are used then. */
  readonly object: ObjectContents | null;
  readonly program: string;
  /** The verifier's text; empty where the load failed before the verifier saw it. */
  readonly log: string;
  /** The errno's name and words, such as "EACCES: permission denied". */
  readonly error: string;
}

/** What an errno means when the kernel gave no other word. */
const errnos: readonly (readonly [RegExp, string, string])[] = [
  [/\bEPERM\b/, "no-privilege", "needs CAP_BPF and CAP_NET_ADMIN: unlock the workbench or run as root"],
  [/\bE2BIG\b/, "too-complex", "is too large or too complex for this kernel: make it shorter or split it"],
  [/\bENOSPC\b/, "log-too-small", "was rejected and the log did not fit: ask again with a larger log"],
  [/\bENOMEM\b/, "memory", "did not fit the kernel's memory: free some and try again"],
];

/** Where and why the verifier said no, as one finding for the editor and the command line. */
export function diagnose(rejection: Rejection): Diagnostic {
  const { object, program, error } = rejection;
  const log = readLog(rejection.log);
  const found = classifyRejection(log.errors) ?? fromErrno(error);
  const place = findPlace(object, program, log);
  const words =
    log.errors.length > 0 ? log.errors.join("; ") : (log.report?.reason ?? log.report?.failed ?? found.telling);
  return { ...place, severity: "error", class: found.class, message: `program ${program}: ${words}` };
}

function fromErrno(error: string): { readonly class: string; readonly telling: string } {
  for (const [pattern, name, telling] of errnos) if (pattern.test(error)) return { class: name, telling };
  return { class: "verifier", telling: error === "" ? "rejected without a word: see the log" : error };
}

function findPlace(
  object: ObjectContents | null,
  program: string,
  log: VerifierLog,
): { readonly file: string; readonly line: number; readonly column: number } {
  const instruction = log.failingInstruction;
  const exact = object && instruction !== null ? sourceLine(object, program, instruction) : null;
  if (exact) return placeOf(exact);
  if (log.report?.at) {
    const { file, line, column } = log.report.at;
    return { file, line, column };
  }
  const shown = log.steps.findLast((step) => step.instruction === instruction)?.source;
  if (shown?.file && shown.line) return { file: shown.file, line: shown.line, column: 0 };
  // No better place than the program's own head.
  const head = object ? sourceLine(object, program, 0) : null;
  return head ? placeOf(head) : { file: object?.name ?? "", line: 0, column: 0 };
}

function placeOf({ file, line, column }: SourceLine): { file: string; line: number; column: number } {
  return { file, line, column };
}
