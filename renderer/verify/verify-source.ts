/** Asks the kernel's verifier about a source; without privilege, at least builds it. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { Input } from "../../protocol/build.ts";
import { Failed } from "../../protocol/failures.ts";
import { baseName, buildOf, changeSource, type Check, diagnosticsOf, objectAt } from "../editor/open-sources.ts";
import { showMarkers } from "../editor/show-markers.ts";
import { inputOf, textAt } from "../editor/texts.ts";
import type { App } from "../session/app.ts";
import { notify, notifyFailure } from "../session/notices.ts";
import { wordsOf } from "../session/failure-words.ts";
import { withLoadSet } from "../reload/with-load-set.ts";
import { work } from "../session/work.ts";
import { programsOf } from "./findings.ts";
import { logLimit } from "./log-limit.ts";
import { endTypedRun, isTypedRun } from "./verify-while-typing.ts";

export async function verifySource(app: App, path: string): Promise<void> {
  const text = textAt(path);
  const object = objectAt(app, path);
  if (text === undefined && object === null) return;
  const checked = text?.model.getAlternativeVersionId();
  const input = inputOf(path);
  endTypedRun(path);
  changeSource(app, path, { checking: true });
  try {
    const title = `verify ${baseName(path)}`;
    // what it loads is closed again whatever happens: nobody has to wait for its end
    const check = await work(app, { kind: "verify", title, path, leaveable: true }, (token) =>
      judge(app, input, token),
    );
    if (text?.model.isDisposed() === true) return;
    const editedSince = text?.model.getAlternativeVersionId() !== checked || objectAt(app, path) !== object;
    changeSource(app, path, { check, editedSince });
    await showMarkers(path, diagnosticsOf(check), programsOf(check));
    for (const note of buildOf(check)?.notes ?? []) notify(app, { kind: "info", title: note });
  } catch (error) {
    notifyFailure(app, `verify ${path}`, error);
  } finally {
    changeSource(app, path, { checking: false, ...(isTypedRun(path) ? {} : { awaited: false }) });
  }
}

async function judge(app: App, input: Input, token: CancellationToken): Promise<Check> {
  try {
    const { answer, unfit } = await withLoadSet(app, input.path, (load) =>
      app.request("verify.verify", { input, logLimit, ...load }, token),
    );
    if (unfit !== null) {
      const title = `The load options of ${baseName(input.path)} do not fit: it is judged as it stands`;
      notify(app, { kind: "info", title, detail: unfit });
    }
    return { kind: "verdict", verdict: answer };
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    const { kind } = error.failure;
    if (kind !== "no-privilege" && kind !== "helper-gone") throw error;
    const build = await app.request("build.build", { input }, token);
    if (build.ok) notifyFailure(app, "ask the kernel's verifier", error);
    return { kind: "build", build, why: wordsOf(error)?.title ?? "cancelled" };
  }
}
