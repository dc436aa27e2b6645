/** Runs what a line of the pre-flight proposes, and looks again. */
import type { Fix } from "../../protocol/preflight.ts";
import type { App } from "../session/app.ts";
import { wordsOf } from "../session/failure-words.ts";
import { askPreflight } from "./ask-preflight.ts";

/** null where it was done, else why not */
export async function runFix(app: App, fix: Fix): Promise<string | null> {
  try {
    await app.request("attach.fix", fix);
    return null;
  } catch (error) {
    const words = wordsOf(error);
    return words === null ? null : [words.title, words.detail].filter((part) => part !== "").join(". ");
  } finally {
    await askPreflight(app);
  }
}
