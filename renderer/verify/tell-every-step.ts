/** The kernel forgets the steps of a program that it accepts: for a look at them, it is verified once more. */
import type { App } from "../session/app.ts";
import { notifyFailure } from "../session/notices.ts";
import { work } from "../session/work.ts";
import type { Walked } from "./use-walk.ts";

/** Returns whether they can be looked at now. */
export async function tellEveryStep(app: App, path: string, walked: Walked): Promise<boolean> {
  const title = `step through ${walked.program}`;
  try {
    await work(app, { kind: "verify", title, path, leaveable: true }, (token) =>
      app.request("verify.walk", { ...walked }, token),
    );
    return true;
  } catch (error) {
    notifyFailure(app, title, error);
    return false;
  }
}
