/** Findings of the last check, with what was explained of them. */
import type { Diagnostic } from "../../protocol/diagnostic.ts";
import type { ProgramVerdict, Rejection } from "../../protocol/verify.ts";
import { type Check, diagnosticsOf } from "../editor/open-sources.ts";

/** A finding in the parts that are shown. */
export interface FindingWords {
  /** a few words: the class of a rejection, or who says it */
  readonly title: string;
  readonly message: string;
  /** the kernel's own words beside ours; empty where the message is all */
  readonly telling: string;
}

export function programsOf(check: Check | null): readonly ProgramVerdict[] {
  return check?.kind === "verdict" ? check.verdict.programs : [];
}

export function findingsOf(check: Check | null): readonly (Diagnostic & FindingWords)[] {
  const programs = programsOf(check);
  return diagnosticsOf(check).map((found) => ({ ...found, ...wordsOfFinding(found, programs) }));
}

export function wordsOfFinding(found: Diagnostic, programs: readonly ProgramVerdict[]): FindingWords {
  const program = programs.find(({ name, rejection }) => rejection !== null && isOf(found, rejection, name));
  const rejection = program?.rejection;
  if (!program || !rejection) return { title: titleOf(found.class), message: found.message, telling: "" };
  return { title: rejection.title, message: rejection.explanation, telling: `${program.name}: ${rejection.telling}` };
}

/** For the hover in the editor: Monaco shows a marker's text as it is. */
export function hoverText(found: Diagnostic, programs: readonly ProgramVerdict[]): string {
  const rejection = programs.find(({ name, rejection: one }) => one !== null && isOf(found, one, name))?.rejection;
  if (!rejection) return found.message;
  const { title, telling, explanation, fix } = rejection;
  return `${title}\n${telling}\n\n${explanation}\n\nWhat usually fixes it: ${fix}.`;
}

function isOf(found: Diagnostic, { class: kind, file, line }: Rejection, program: string): boolean {
  const named = /^program (\S+):/.exec(found.message)?.[1];
  return found.class === kind && found.file === file && found.line === line && (named ?? program) === program;
}

function titleOf(kind: string): string {
  return kind === "compile" ? "clang" : kind.replaceAll("-", " ");
}
