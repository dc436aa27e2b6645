/** The quick fix of errors that are only there because of -Werror: a compile_flags.txt that lets warnings be warnings. */
import type { editor, languages } from "monaco-editor/editor/editor.api.js";
import { Failed } from "../../protocol/failures.ts";
import type { App } from "../session/app.ts";
import { notify, notifyFailure } from "../session/notices.ts";
import { verifySource } from "../verify/verify-source.ts";
import { joinPath, parentOf } from "../workspace/workspace-view.ts";
import { openSource } from "./open-source.ts";

export const allowWarningsCommand = "xdpw.allowWarnings";
const fileName = "compile_flags.txt";
const line = "-Wno-error";

export const warningActions: languages.CodeActionProvider = {
  provideCodeActions(model, _range, { markers }) {
    const own = markers.filter(isOfWerror);
    const title = `Let warnings be warnings in this folder (${fileName})`;
    const command = { id: allowWarningsCommand, title, arguments: [model.uri.path] };
    const actions = own.length === 0 ? [] : [{ title, kind: "quickfix", diagnostics: own, command }];
    return { actions, dispose: () => undefined };
  },
};

function isOfWerror({ message }: editor.IMarkerData): boolean {
  return message.includes(": a warning that -Werror makes an error;");
}

/** Makes the file, or opens the one that is there, and builds anew. */
export async function allowWarnings(app: App, path: string): Promise<void> {
  const file = joinPath(parentOf(path), fileName);
  try {
    await app.request("source.save", { path: file, text: `${line}\n`, basedOn: null, onlyNew: true });
    notify(app, { kind: "info", title: `${fileName} was made`, detail: `${file}: ${line}` });
    await verifySource(app, path);
  } catch (error) {
    if (error instanceof Failed && error.failure.kind === "name-taken") {
      notify(app, { kind: "info", title: `add the line ${line}`, detail: `${file} is there already` });
      await openSource(app, file);
    } else notifyFailure(app, `make ${file}`, error);
  }
}
