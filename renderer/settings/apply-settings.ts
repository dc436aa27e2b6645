/** Settings as they come from main, put to use: at the start, and whenever settings.json changes. */
import { checkSettings, type SettingsPatch, type SettingsState } from "../../protocol/settings.ts";
import { chooseTheme } from "../app/theme.ts";
import { loadMonaco } from "../editor/load-monaco.ts";
import { openSource } from "../editor/open-source.ts";
import type { App } from "../session/app.ts";
import { dismiss, notify, notifyFailure } from "../session/notices.ts";
import { setVerifyWhileTyping } from "../verify/verify-while-typing.ts";
import { placeJson } from "./json-places.ts";

const notAll = "settings.json: not all of it holds";
let told = "";

export function applySettings(app: App, { path, settings, problems }: SettingsState): void {
  const before = app.store.get();
  app.store.set({ settings, settingsPath: path });
  if (settings.theme !== before.theme) {
    chooseTheme(settings.theme);
    app.store.set({ theme: settings.theme });
  }
  if (settings.verifyWhileTyping !== before.verifyWhileTyping) setVerifyWhileTyping(app, settings.verifyWhileTyping);
  void loadMonaco().then(({ editor }) => {
    for (const model of editor.getModels()) model.updateOptions({ tabSize: settings.tabSize });
  });
  const wrong = problems.join("\n");
  if (wrong !== told) for (const { id, title } of app.store.get().notices) if (title === notAll) dismiss(app, id);
  if (wrong !== "" && wrong !== told) {
    notify(app, {
      kind: "error",
      title: notAll,
      detail: problems.slice(0, 3).join("; "),
      action: { title: "Open settings.json", run: () => void editSettings(app) },
    });
  }
  told = wrong;
}

export async function editSettings(app: App): Promise<void> {
  try {
    const { path } = await app.request("settings.edit", {});
    app.store.set({ settingsPath: path });
    await openSource(app, path);
  } catch (error) {
    notifyFailure(app, "open settings.json", error);
  }
}

/** What the window's own menus set. It holds here in any case; where it cannot be written, that is said. */
export function changeSetting(app: App, patch: SettingsPatch): void {
  // at once, whatever becomes of the file
  if (patch.verifyWhileTyping !== undefined) setVerifyWhileTyping(app, patch.verifyWhileTyping);
  app.request("settings.set", patch).then(
    (state) => applySettings(app, state),
    (error: unknown) => notifyFailure(app, "write settings.json", error),
  );
}

/** Marks what is wrong in settings.json, as it is typed, and tells what may stand there. */
export async function markSettings(app: App): Promise<void> {
  const monaco = await loadMonaco();
  const { tellSettings } = await import("./tell-settings.ts");
  tellSettings(app, monaco.languages);
  type Model = ReturnType<typeof monaco.editor.getModels>[number];
  const mark = (model: Model): void => {
    if (model.isDisposed() || model.uri.path !== app.store.get().settingsPath) return;
    const text = model.getValue();
    const placed = placeJson(text);
    const found = !placed.ok
      ? text.trim() === ""
        ? []
        : [{ span: placed.span, message: placed.message }]
      : checkSettings(placed.value).problems.map(({ at, message }) => ({ span: placed.spanOf(at), message }));
    const markers = found.map(({ span, message }) => {
      const from = model.getPositionAt(span.from);
      const to = model.getPositionAt(Math.max(span.to, span.from + 1));
      return {
        ...{ startLineNumber: from.lineNumber, startColumn: from.column },
        ...{ endLineNumber: to.lineNumber, endColumn: to.column },
        ...{ message, severity: monaco.MarkerSeverity.Error, source: "settings" },
      };
    });
    monaco.editor.setModelMarkers(model, "settings", markers);
  };
  const follow = (model: Model): void => {
    if (!model.uri.path.endsWith("/settings.json")) return;
    mark(model);
    model.onDidChangeContent(() => mark(model));
  };
  for (const model of monaco.editor.getModels()) follow(model);
  monaco.editor.onDidCreateModel(follow);
}
