/** clangd's findings and ours as markers. What the last build found too is shown once. */
import type { editor, MarkerSeverity, MarkerTag, Uri } from "monaco-editor/editor/editor.api.js";
import type { Finding, Findings } from "../../../protocol/language.ts";
import { textAt } from "../texts.ts";
import { listenToFindings } from "./findings-hub.ts";
import { toRange } from "./places.ts";
import type { Documents } from "./sync-documents.ts";

interface Api {
  readonly editor: typeof editor;
  readonly MarkerSeverity: typeof MarkerSeverity;
  readonly MarkerTag: typeof MarkerTag;
  readonly Uri: typeof Uri;
}

const owner = "language";
/** the build's and the verifier's */
const otherOwner = "xdpw";

export function showFindings(api: Api, documents: Documents): void {
  const latest = new Map<string, Findings>();
  const shown = new Map<string, string>();

  const show = (path: string): void => {
    const model = textAt(path)?.model;
    const found = latest.get(path);
    if (model === undefined || found === undefined) return;
    const others = api.editor.getModelMarkers({ owner: otherOwner, resource: model.uri });
    shown.set(path, signature(others));
    api.editor.setModelMarkers(
      model,
      owner,
      found.findings.filter((one) => !others.some((other) => isSame(one, other))).map((one) => markerOf(api, one)),
    );
  };

  listenToFindings((found) => {
    latest.set(found.path, found);
    const sent = documents.sentVersion(found.path);
    // of a text that was changed since: the next ones are on their way
    if (sent !== null && found.version < sent) return;
    show(found.path);
  });
  api.editor.onDidChangeMarkers((resources) => {
    for (const resource of resources) {
      const { path } = resource;
      if (!latest.has(path)) continue;
      const others = api.editor.getModelMarkers({ owner: otherOwner, resource });
      if (shown.get(path) !== signature(others)) show(path);
    }
  });
  api.editor.onWillDisposeModel(({ uri }) => {
    latest.delete(uri.path);
    shown.delete(uri.path);
  });
}

function markerOf(api: Api, { range, severity, message, source, code, unused }: Finding): editor.IMarkerData {
  const severities = {
    error: api.MarkerSeverity.Error,
    warning: api.MarkerSeverity.Warning,
    note: api.MarkerSeverity.Info,
  };
  return {
    ...toRange(range),
    severity: severities[severity],
    message,
    source: source === "xdpw" ? "BPF" : "clangd",
    ...(code === "" ? {} : { code }),
    ...(unused ? { tags: [api.MarkerTag.Unnecessary] } : {}),
  };
}

function signature(markers: readonly editor.IMarker[]): string {
  return markers.map(({ startLineNumber, message }) => `${startLineNumber} ${message}`).join("\n");
}

function isSame(finding: Finding, marker: editor.IMarker): boolean {
  const ours = finding.message.toLowerCase().split("\n")[0] ?? "";
  return (
    marker.startLineNumber === finding.range.from.line && marker.message.toLowerCase().startsWith(ours.slice(0, 60))
  );
}
