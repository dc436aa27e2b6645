/** What was found out about a source, in one line each. */
import type { ProgramVerdict } from "../../protocol/verify.ts";
import type { LocatedProgram } from "../editor/locate-programs.ts";
import { baseName, type OpenSource } from "../editor/open-sources.ts";
import { bytes, count, milliseconds, shareOfLimit } from "./sizes.ts";

export type Tone = "ok" | "bad" | "warn" | "quiet";
export interface Words {
  readonly tone: Tone;
  readonly text: string;
  /** of a text that is another one by now */
  readonly stale: boolean;
}

/** The line above a program in the editor. It is there from the start, so that a verdict moves no text. */
export function wordsAboveProgram(source: OpenSource, located: LocatedProgram): Words {
  const { check, editedSince: stale } = source;
  if (check === null) {
    const coming = source.checking || source.awaited;
    return { tone: "quiet", text: coming ? "verifying…" : "not verified yet · Ctrl+S", stale: false };
  }
  // Where the next verdict comes by itself, dimming says enough: words that come and go with every key do not.
  const edited = stale && !source.awaited && !source.checking ? " · edited since" : "";
  const words = (tone: Tone, text: string): Words => ({ tone, text: text + edited, stale });
  if (check.kind === "build") {
    return check.build.ok ? words("warn", `builds · not verified: ${check.why}`) : words("bad", "✗ does not build");
  }
  const { verdict } = check;
  if (!verdict.build.ok) return words("bad", "✗ does not build");
  const program = verdict.programs.find(({ name }) => name === located.name);
  if (program === undefined) return words("quiet", "not in the object");
  const took = milliseconds(verdict.milliseconds);
  if (program.accepted) return words("ok", `✓ accepted · ${acceptedParts(program).join(" · ")} · ${took}`);
  const { rejection } = program;
  const why = rejection?.title ?? (firstLine(program.error) || "rejected by the kernel");
  return words("bad", `✗ rejected${placeOf(program, source.path)} · ${why} · ${took}`);
}

function acceptedParts(program: ProgramVerdict): readonly string[] {
  const { instructions, states, stackDepths, jitedBytes, processed } = program;
  return [
    `${count(instructions)} ${instructions === 1 ? "instruction" : "instructions"}`,
    ...(states === null ? [] : [`${count(states)} ${states === 1 ? "state" : "states"}`]),
    ...(stackDepths.length === 0 ? [] : [`stack ${stackWords(stackDepths)}`]),
    jitedBytes > 0 ? `JIT ${bytes(jitedBytes)}` : "not jited",
    `${shareOfLimit(processed)} of the limit`,
  ];
}

/** "48 B", "48 + 16 B"; of many functions the largest alone */
export function stackWords(depths: readonly number[]): string {
  if (depths.length > 4) return `up to ${Math.max(...depths)} B a function`;
  return `${depths.join(" + ")} B`;
}

/** " at line 23"; the file too where it is another one */
function placeOf({ rejection }: ProgramVerdict, path: string): string {
  if (rejection === null || rejection.line === 0) return "";
  return rejection.file === path ? ` at line ${rejection.line}` : ` at ${baseName(rejection.file)}:${rejection.line}`;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/** For the list of open sources. */
export function tagOf(source: OpenSource): Words | null {
  const { check, editedSince: stale } = source;
  const words = (tone: Tone, text: string): Words => ({ tone, text, stale });
  if (check === null) return null;
  if (stale && !source.awaited) return words("quiet", "edited");
  if (check.kind === "build") return check.build.ok ? words("warn", "built") : words("bad", "does not build");
  if (check.verdict.accepted) return words("ok", "accepted");
  return words("bad", check.verdict.build.ok ? "rejected" : "does not build");
}

/** For the status bar. */
export function statusOf(source: OpenSource): string {
  if (source.checking) return "verifying…";
  const { check } = source;
  if (check === null) return source.dirty ? "unsaved" : "";
  if (source.dirty) return "unsaved";
  const done = source.object === undefined ? "saved → " : "";
  if (check.kind === "build") {
    return check.build.ok
      ? `${done}built ${milliseconds(check.build.milliseconds)}, not verified`
      : `${done}does not build ${milliseconds(check.build.milliseconds)}`;
  }
  const { verdict } = check;
  const word = verdict.accepted ? "accepted" : verdict.build.ok ? "rejected" : "does not build";
  return `${done}${word} ${milliseconds(verdict.milliseconds)}`;
}

export interface Trouble {
  /** "missing bounds check · line 23" */
  readonly text: string;
  /** absolute; null where no place is known */
  readonly at: { readonly file: string; readonly line: number; readonly column: number } | null;
}

/** What stands in the way, in a few words with its place, for where the lines of the source are scrolled away. */
export function troubleOf({ path, check }: OpenSource): Trouble | null {
  if (check === null) return null;
  const trouble = (title: string, found: Trouble["at"]): Trouble => {
    const at = found !== null && found.line > 0 && found.file.startsWith("/") ? found : null;
    const place = at === null ? "" : at.file === path ? ` · line ${at.line}` : ` · ${baseName(at.file)}:${at.line}`;
    return { text: title + place, at };
  };
  const rejected = check.kind === "verdict" ? check.verdict.programs.find(({ accepted }) => !accepted) : undefined;
  if (rejected !== undefined) {
    const { rejection, error, name } = rejected;
    return trouble(rejection?.title ?? (firstLine(error) || `${name} is rejected`), rejection);
  }
  const build = check.kind === "verdict" ? check.verdict.build : check.build;
  if (build.ok) return null;
  const first = build.diagnostics.find(({ severity }) => severity === "error") ?? null;
  return trouble(first === null ? "it does not build" : shortened(first.message), first);
}

const statusCharacters = 60;

function shortened(text: string): string {
  return text.length <= statusCharacters ? text : `${text.slice(0, statusCharacters - 1).trimEnd()}…`;
}
