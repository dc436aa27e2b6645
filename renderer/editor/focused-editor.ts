/** Runs one of the editor's own commands in the editor that had the focus last. */
import { loadMonaco } from "./load-monaco.ts";

export function runInEditor(command: string): void {
  void loadMonaco().then(({ editor }) => {
    const shown = editor.getEditors().filter((one) => one.getDomNode()?.getClientRects().length);
    // code beside a source is only read
    const sources = shown.filter((one) => one.getDomNode()?.closest(".code-panel") === null);
    const target = shown.find((one) => one.hasTextFocus()) ?? sources.at(-1);
    if (target === undefined) return;
    target.focus();
    target.trigger("menu", command, null);
  });
}
