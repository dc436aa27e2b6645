/** Edits of a text as a unified diff that patch(1) takes. Pure: no search, for the edits say what changes. */
import type { LegacyEdit } from "../../protocol/legacy-maps.ts";
import { applyEdits } from "./convert-maps.ts";

const context = 3;
const noNewline = "\\ No newline at end of file";

/** Whole lines that become others; from 0, `to` behind the last. */
interface Change {
  readonly from: number;
  readonly to: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Empty where nothing changes. @param edits in order, none over another */
export function unifiedDiff(name: string, text: string, edits: readonly LegacyEdit[]): string {
  const lines = linesOf(text);
  const changes = changesOf(text, lines, edits);
  if (changes.length === 0) return "";
  const out = [`--- a/${name}`, `+++ b/${name}`];
  let grown = 0;
  for (const hunk of hunksOf(changes)) {
    const from = Math.max(0, (hunk[0]?.from ?? 0) - context);
    const to = Math.min(lines.length, (hunk.at(-1)?.to ?? 0) + context);
    const body: string[] = [];
    let at = from;
    let delta = 0;
    for (const { from: start, to: end, removed, added } of hunk) {
      body.push(...marked(" ", lines.slice(at, start)), ...marked("-", removed), ...marked("+", added));
      delta += added.length - removed.length;
      at = end;
    }
    body.push(...marked(" ", lines.slice(at, to)));
    const [before, after] = [to - from, to - from + delta];
    out.push(`@@ -${range(from, before)} +${range(from + grown, after)} @@`, ...body);
    grown += delta;
  }
  return `${out.join("\n")}\n`;
}

/** each with its line break, where it has one */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function changesOf(text: string, lines: readonly string[], edits: readonly LegacyEdit[]): readonly Change[] {
  const starts: number[] = [];
  let offset = 0;
  for (const line of lines) {
    starts.push(offset);
    offset += line.length;
  }
  const lineAt = (place: number): number =>
    Math.max(
      0,
      starts.findLastIndex((start) => start <= place),
    );
  const groups: { from: number; to: number; edits: LegacyEdit[] }[] = [];
  for (const edit of edits) {
    const from = lineAt(edit.start);
    // what ends with a line's break leaves the next line alone, unless it joins it to its own
    const last = lineAt(Math.max(edit.start, edit.end - 1));
    const joins = edit.end > edit.start && text[edit.end - 1] === "\n" && !edit.text.endsWith("\n");
    const to = Math.min(lines.length, last + (joins ? 2 : 1));
    const before = groups.at(-1);
    if (before !== undefined && from < before.to) {
      before.to = Math.max(before.to, to);
      before.edits.push(edit);
    } else groups.push({ from, to, edits: [edit] });
  }
  return groups.flatMap(({ from, to, edits: own }) => {
    const base = starts[from] ?? 0;
    const removed = lines.slice(from, to);
    const moved = own.map((edit) => ({ ...edit, start: edit.start - base, end: edit.end - base }));
    const change = { from, to, removed, added: linesOf(applyEdits(removed.join(""), moved)) };
    return trimmed(change);
  });
}

/** without the lines that stay as they are at either end */
function trimmed({ from, to, removed, added }: Change): readonly Change[] {
  const shorter = Math.min(removed.length, added.length);
  let head = 0;
  while (head < shorter && removed[head] === added[head]) head++;
  let tail = 0;
  while (tail < shorter - head && removed.at(-1 - tail) === added.at(-1 - tail)) tail++;
  const change = {
    from: from + head,
    to: to - tail,
    removed: removed.slice(head, removed.length - tail),
    added: added.slice(head, added.length - tail),
  };
  return change.removed.length + change.added.length === 0 ? [] : [change];
}

/** changes whose context would touch are one hunk */
function hunksOf(changes: readonly Change[]): readonly (readonly Change[])[] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1);
    if (last !== undefined && change.from - (last.at(-1)?.to ?? 0) <= 2 * context) last.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

function marked(mark: string, lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => (line.endsWith("\n") ? [mark + line.slice(0, -1)] : [mark + line, noNewline]));
}

/** "5,3"; of nothing, the line before it */
function range(from: number, count: number): string {
  return count === 0 ? `${from},0` : `${from + 1},${count}`;
}
