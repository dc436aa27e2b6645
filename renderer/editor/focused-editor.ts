/** Runs one of the editor's own commands in the editor that had the focus last. */
import { loadMonaco } from "./load-monaco.ts";

export function runInEditor(command: string): void {
  void loadMonaco().then(({ editor }) => {
    const shown = editor.getEditors().filter((one) => one.getDomNode()?.getClientRects().length);
    const target = shown.find((one) => one.hasTextFocus()) ?? shown.at(-1);
    if (target === undefined) return;
    target.focus();
    target.trigger("menu", command, null);
  });
}
