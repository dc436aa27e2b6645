/** Where something stands in the way, Attach asks first: attach anyway, mend it, or leave it. */
import type { App } from "../session/app.ts";
import { askInDialog } from "../session/dialog.ts";
import { currentPreflight } from "./ask-preflight.ts";
import { stopping } from "./preflight-lines.ts";

/** Without a box where nothing stops; false where the user left it. */
export async function mayAttach(app: App): Promise<boolean> {
  const preflight = await currentPreflight(app);
  if (preflight === null || stopping(preflight).length === 0) return true;
  return (await askInDialog<boolean>(app, (answer) => ({ kind: "preflight", answer }))) ?? false;
}
