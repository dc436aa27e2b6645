/** A verdict on the unsaved text when typing pauses. A newer edit ends the older run; nobody is asked for a password. */
import { type CancellationToken, CancellationTokenSource } from "vscode-jsonrpc";
import { Failed } from "../../protocol/failures.ts";
import { baseName, changeSource, type Check, diagnosticsOf } from "../editor/open-sources.ts";
import { showMarkers } from "../editor/show-markers.ts";
import { isDirty, type Text, textAt, wholeText } from "../editor/texts.ts";
import type { App } from "../session/app.ts";
import { writeSetting } from "../session/settings.ts";
import { wordsOf } from "../session/failure-words.ts";
import { withLoadSet } from "../reload/with-load-set.ts";
import { work } from "../session/work.ts";
import { programsOf } from "./findings.ts";
import { logLimit } from "./log-limit.ts";

const pauseMilliseconds = 300;

interface Run {
  readonly timer: ReturnType<typeof setTimeout>;
  readonly source: CancellationTokenSource;
}
const runs = new Map<string, Run>();

/** Follows a text from now on. */
export function verifyWhileTyping(app: App, path: string, text: Text): void {
  text.model.onDidChangeContent(() => schedule(app, path, text));
  text.model.onWillDispose(() => endTypedRun(path));
}

/** What is asked for by the user himself comes in its place. */
export function endTypedRun(path: string): void {
  const run = runs.get(path);
  if (run === undefined) return;
  runs.delete(path);
  clearTimeout(run.timer);
  run.source.cancel();
}

export function isTypedRun(path: string): boolean {
  return runs.has(path);
}

export function setVerifyWhileTyping(app: App, on: boolean): void {
  writeSetting("verifyWhileTyping", on ? "on" : "off");
  app.store.set({ verifyWhileTyping: on });
  const { active, sources } = app.store.get();
  const source = sources.find(({ path }) => path === active);
  const text = active === null ? undefined : textAt(active);
  if (on && source !== undefined && text !== undefined && (source.editedSince || isDirty(text)))
    schedule(app, source.path, text);
  if (on) return;
  for (const path of [...runs.keys()]) {
    endTypedRun(path);
    changeSource(app, path, { awaited: false });
  }
}

/** A header is no program; its own findings are clangd's. */
function isVerified(path: string): boolean {
  return path.endsWith(".c");
}

function schedule(app: App, path: string, text: Text): void {
  endTypedRun(path);
  const { verifyWhileTyping: on, connection } = app.store.get();
  if (!on || connection.state !== "open" || !isVerified(path)) {
    changeSource(app, path, { awaited: false });
    return;
  }
  const source = new CancellationTokenSource();
  // made before it can be cancelled: a token that is born cancelled never calls its listeners
  const { token } = source;
  changeSource(app, path, { awaited: true });
  const timer = setTimeout(() => void run(app, path, text, token), pauseMilliseconds);
  runs.set(path, { timer, source });
}

async function run(app: App, path: string, text: Text, token: CancellationToken): Promise<void> {
  if (text.model.isDisposed()) return;
  try {
    const input = { path, text: wholeText(text) };
    // shown only where the verifier takes its time
    const options = {
      kind: "verify",
      title: `verify ${baseName(path)}`,
      path,
      quiet: true,
      leaveable: true,
      token,
    } as const;
    const check = await work(app, options, (own) => judge(app, input, own));
    if (token.isCancellationRequested || text.model.isDisposed()) return;
    changeSource(app, path, { check, editedSince: false, awaited: false });
    await showMarkers(path, diagnosticsOf(check), programsOf(check));
  } catch {
    // Nobody asked: the verdict that is shown goes on saying that the text was edited since.
    if (!token.isCancellationRequested) changeSource(app, path, { awaited: false });
  } finally {
    if (runs.get(path)?.source.token === token) runs.delete(path);
  }
}

async function judge(app: App, input: { path: string; text: string }, token: CancellationToken): Promise<Check> {
  const pipeline = "one-step";
  const { helper } = app.store.get();
  const free = helper?.state === "ready" || (helper?.way === "already-root" && helper.state !== "gone");
  let why = "the helper is locked";
  if (free) {
    try {
      const { answer } = await withLoadSet(app, input.path, (load) =>
        app.request("verify.verify", { input, pipeline, logLimit, ...load }, token),
      );
      return { kind: "verdict", verdict: answer };
    } catch (error) {
      const kind = error instanceof Failed ? error.failure.kind : "";
      if (kind !== "no-privilege" && kind !== "helper-gone") throw error;
      why = wordsOf(error)?.title ?? why;
    }
  }
  return { kind: "build", build: await app.request("build.build", { input, pipeline }, token), why };
}
