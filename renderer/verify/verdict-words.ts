/** What was found out about a source, in one line each. */
import type { Diagnostic } from "../../protocol/diagnostic.ts";
import type { ProgramVerdict } from "../../protocol/verify.ts";
import type { LocatedProgram } from "../editor/locate-programs.ts";
import type { OpenSource } from "../editor/open-sources.ts";
import { bytes, count, milliseconds } from "./sizes.ts";
import { tellingLine } from "./telling-line.ts";

export type Tone = "ok" | "bad" | "warn" | "quiet";
export interface Words {
  readonly tone: Tone;
  readonly text: string;
}

/** The line above a program in the editor. It is there from the start, so that a verdict moves no text. */
export function wordsAboveProgram(
  source: OpenSource,
  located: LocatedProgram,
  among: readonly LocatedProgram[],
): Words {
  const { check } = source;
  if (check === null) return { tone: "quiet", text: source.checking ? "verifying…" : "not verified yet · Ctrl+S" };
  const edited = source.editedSince ? " · edited since" : "";
  const tone = (of: Tone): Tone => (source.editedSince ? "quiet" : of);
  if (check.kind === "build") {
    const text = check.build.ok ? `builds · not verified: ${check.why}` : "does not build";
    return { tone: tone(check.build.ok ? "warn" : "bad"), text: text + edited };
  }
  const { verdict } = check;
  if (!verdict.build.ok) return { tone: tone("bad"), text: `✗ does not build${edited}` };
  const program = verdict.programs.find(({ name }) => name === located.name);
  if (program === undefined) return { tone: "quiet", text: `not in the object${edited}` };
  if (program.accepted) {
    const parts = [
      "✓ accepted",
      `${count(program.instructions)} instructions`,
      `${count(program.processed)} processed`,
      program.jitedBytes > 0 ? `JIT ${bytes(program.jitedBytes)}` : "not jited",
      milliseconds(verdict.milliseconds),
    ];
    return { tone: tone("ok"), text: parts.join(" · ") + edited };
  }
  const where = rejectedAt(program, verdict.diagnostics, source.path, located, among);
  const why = where === null ? tellingLine(program.log) || program.error : where.message;
  const text = `✗ rejected${where === null ? "" : ` at line ${where.line}`} · ${firstLine(why)} · ${milliseconds(verdict.milliseconds)}`;
  return { tone: tone("bad"), text: text + edited };
}

/** The finding that belongs to this program: inside of it, else the only one there is. */
function rejectedAt(
  program: ProgramVerdict,
  diagnostics: readonly Diagnostic[],
  path: string,
  located: LocatedProgram,
  among: readonly LocatedProgram[],
): Diagnostic | null {
  const found = diagnostics.filter((one) => one.file === path && one.class !== "compile" && one.severity === "error");
  const end = among.find(({ line }) => line > located.line)?.line ?? Number.POSITIVE_INFINITY;
  const inside = found.find(({ line }) => line >= located.line && line < end);
  const only = found.length === 1 && !program.accepted ? found[0] : undefined;
  return inside ?? only ?? null;
}

export function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/** For the list of open sources. */
export function tagOf(source: OpenSource): Words | null {
  const { check } = source;
  if (check === null) return null;
  if (source.editedSince) return { tone: "quiet", text: "edited" };
  if (check.kind === "build") {
    return check.build.ok ? { tone: "warn", text: "built" } : { tone: "bad", text: "does not build" };
  }
  if (check.verdict.accepted) return { tone: "ok", text: "accepted" };
  return { tone: "bad", text: check.verdict.build.ok ? "rejected" : "does not build" };
}

/** For the status bar. */
export function statusOf(source: OpenSource): string {
  if (source.checking) return "verifying…";
  const { check } = source;
  if (check === null) return source.dirty ? "unsaved" : "";
  if (source.dirty) return "unsaved";
  if (check.kind === "build") {
    return check.build.ok
      ? `saved → built ${milliseconds(check.build.milliseconds)}, not verified`
      : `saved → does not build ${milliseconds(check.build.milliseconds)}`;
  }
  const { verdict } = check;
  const word = verdict.accepted ? "accepted" : verdict.build.ok ? "rejected" : "does not build";
  return `saved → ${word} ${milliseconds(verdict.milliseconds)}`;
}
