import type { Diagnostic } from "../../protocol/diagnostic.ts";
import type { Rejection } from "../../protocol/verify.ts";
import { explainRejection, type RejectionInput } from "./explain-rejection.ts";

export interface Diagnosis {
  readonly diagnostic: Diagnostic;
  readonly rejection: Rejection;
}

/** Where and why a program was rejected: as one finding for the editor and the command line, and in full. */
export function diagnose(input: RejectionInput): Diagnosis {
  const { rejection, words } = explainRejection(input);
  const { file, line, column, class: kind, explanation } = rejection;
  return {
    rejection,
    diagnostic: {
      file,
      line,
      column,
      severity: "error",
      class: kind,
      message: `program ${input.program}: ${words}. ${explanation}`,
    },
  };
}
