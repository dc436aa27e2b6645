/** The views of what was built, and which of them the Code tab shows. */
import type { CodeKind } from "../../protocol/views.ts";
import type { App } from "../session/app.ts";
import { readSetting, writeSetting } from "../session/settings.ts";

export type CodeView = CodeKind | "object";

export const codeViews: readonly { readonly view: CodeView; readonly title: string; readonly action: string }[] = [
  { view: "llvm", title: "LLVM IR", action: "LLVM IR" },
  { view: "assembly", title: "Assembly", action: "BPF assembly" },
  { view: "xlated", title: "Translated", action: "Code translated by the verifier (xlated)" },
  { view: "jited", title: "Native", action: "Native code of the JIT (jited)" },
  { view: "object", title: "Object", action: "Object: sections, programs, maps, types" },
];

const setting = "code.view";

export function rememberedCodeView(): CodeView {
  const stored = readSetting(setting);
  return codeViews.find(({ view }) => view === stored)?.view ?? "assembly";
}

export function chooseCodeView(app: App, view: CodeView): void {
  app.store.set({ codeView: view });
  writeSetting(setting, view);
}

/** `view`: the last one where it is left out. The focus stays where it is. */
export function showCode(app: App, view?: CodeView): void {
  if (view !== undefined) chooseCodeView(app, view);
  app.panels.showBeside({ id: "code", name: "Code" });
}
