/**
 * Texts of files that are not open, for the editor's peek and for its links: models without a tab, unknown to main. A
 * tab for the same file takes its place.
 */
import type { App } from "../../session/app.ts";
import { loadMonaco } from "../load-monaco.ts";

const previews = new Map<string, { dispose(): void }>();
const kept = 40;

export function isPreview(path: string): boolean {
  return previews.has(path);
}

/** Before a tab's own text is made: two of one name cannot be. */
export function dropPreview(path: string): void {
  previews.get(path)?.dispose();
  previews.delete(path);
}

export async function previewTexts(app: App, paths: Iterable<string>): Promise<void> {
  const { editor, Uri } = await loadMonaco();
  const wanted = [...new Set(paths)].filter((path) => editor.getModel(Uri.file(path)) === null).slice(0, kept);
  await Promise.all(
    wanted.map(async (path) => {
      try {
        const { text } = await app.request("source.read", { path });
        if (editor.getModel(Uri.file(path)) !== null) return;
        // the name is told before the model is, so that it is not taken for an opened one
        previews.set(path, { dispose: () => undefined });
        previews.set(path, editor.createModel(text, "c", Uri.file(path)));
      } catch {
        previews.delete(path);
      }
    }),
  );
  for (const path of [...previews.keys()].slice(0, Math.max(0, previews.size - kept))) dropPreview(path);
}
