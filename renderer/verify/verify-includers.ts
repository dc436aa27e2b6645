/** A header is no program: the open sources that include it are verified, and what is wrong in it is marked in it. */
import { baseName } from "../editor/open-sources.ts";
import { isDirty, textAt, wholeText } from "../editor/texts.ts";
import type { App } from "../session/app.ts";
import { notify, notifyFailure } from "../session/notices.ts";
import { verifySource } from "./verify-source.ts";

export function isHeader(path: string): boolean {
  return /\.h$/i.test(path);
}

/** After it was saved: a build reads headers from the disk. */
export async function verifyIncluders(app: App, header: string): Promise<void> {
  const name = baseName(header);
  const sources = app.store.get().sources.flatMap(({ path }) => {
    const text = textAt(path);
    return text === undefined || !path.endsWith(".c") ? [] : [{ path, text: isDirty(text) ? wholeText(text) : null }];
  });
  try {
    const { paths } = await app.request("source.includers", { header, sources: sources.slice(0, 200) });
    if (paths.length === 0) {
      notify(app, {
        kind: "info",
        title: `${name} is saved; no open source includes it, so that nothing was verified`,
      });
    }
    for (const path of paths) await verifySource(app, path);
  } catch (error) {
    notifyFailure(app, `find the sources that include ${name}`, error);
  }
}
