/** The line above each program that says what the verifier thinks of it. */
import type { editor } from "monaco-editor/editor/editor.api.js";
import { type Words, wordsAboveProgram } from "../verify/verdict-words.ts";
import { type LocatedProgram, locatePrograms } from "./locate-programs.ts";
import type { Check, OpenSource } from "./open-sources.ts";

interface Zone {
  readonly id: string;
  readonly line: number;
  readonly name: string;
  readonly node: HTMLElement;
}

export interface VerdictZones {
  show(source: OpenSource): void;
}

/** Zones stay while the programs stay where they are: only their words change, so nothing jumps. */
export function createVerdictZones(view: editor.IStandaloneCodeEditor): VerdictZones {
  let zones: readonly Zone[] = [];
  let rejected: editor.IEditorDecorationsCollection | null = null;
  let shown: Check | null = null;
  return {
    show(source) {
      const model = view.getModel();
      if (model === null) return;
      const programs = model.getValueLength() > 1_000_000 ? [] : locatePrograms(model.getValue());
      if (!sameplaces(zones, programs)) zones = place(view, zones, programs);
      for (const [index, located] of programs.entries()) {
        const zone = zones[index];
        if (zone !== undefined) showWords(zone.node, wordsAboveProgram(source, located));
      }
      view.getContainerDomNode().classList.toggle("stale-verdict", source.editedSince);
      rejected ??= view.createDecorationsCollection();
      // Of an older text they stay, dimmed, and move with the text until the next verdict.
      if (source.editedSince && source.check === shown) return;
      shown = source.check;
      rejected.set(rejectedLines(source, model));
    },
  };
}

function sameplaces(zones: readonly Zone[], programs: readonly LocatedProgram[]): boolean {
  return (
    zones.length === programs.length &&
    zones.every(({ line, name }, index) => programs[index]?.line === line && programs[index].name === name)
  );
}

function place(view: editor.IStandaloneCodeEditor, old: readonly Zone[], programs: readonly LocatedProgram[]) {
  const placed: Zone[] = [];
  view.changeViewZones((accessor) => {
    for (const { id } of old) accessor.removeZone(id);
    for (const { line, name } of programs) {
      const node = old.find((zone) => zone.name === name)?.node ?? document.createElement("div");
      const id = accessor.addZone({ afterLineNumber: line - 1, heightInLines: 1, domNode: node });
      placed.push({ id, line, name, node });
    }
  });
  return placed;
}

function showWords(node: HTMLElement, { tone, text, stale }: Words): void {
  node.className = `verdict-zone ${tone}${stale ? " stale" : ""}`;
  if (node.textContent !== text) node.textContent = text;
}

/** NeverGrowsWhenTypingAtEdges: what is put before the line, as a check is, is not rejected itself. */
const stickiness = 1;

function rejectedLines(source: OpenSource, model: editor.ITextModel): editor.IModelDeltaDecoration[] {
  if (source.check?.kind !== "verdict") return [];
  const lines = model.getLineCount();
  return source.check.verdict.diagnostics
    .filter(({ file, line, severity }) => file === source.path && line > 0 && line <= lines && severity === "error")
    .map(({ line }) => ({
      range: {
        startLineNumber: line,
        endLineNumber: line,
        startColumn: model.getLineFirstNonWhitespaceColumn(line) || 1,
        endColumn: model.getLineMaxColumn(line),
      },
      options: { isWholeLine: true, className: "rejected-line", stickiness },
    }));
}
