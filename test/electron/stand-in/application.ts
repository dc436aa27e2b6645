/** The application's life: ready after its entry was read, windows in one Chromium, and an orderly end. */
import { type Chromium, type Fields, startChromium } from "./chromium.ts";
import { answer, restore, schemesAreFixed } from "./protocol.ts";
import { PreventableEvent, StrictEmitter } from "./strict.ts";
import type { WebContents } from "./web-contents.ts";

export interface OpenWindow {
  readonly webContents: WebContents;
  readonly targetId: () => string;
  /** its page is gone */
  closed(): void;
}

const windows = new Set<OpenWindow>();
let chromium: Chromium | null = null;
let isReady = false;
let sandboxed = false;
let quitting = false;
let whenReady: () => void = () => undefined;
const readiness = new Promise<void>((resolve) => {
  whenReady = resolve;
});

class App extends StrictEmitter {
  constructor() {
    super("app", [
      "ready",
      "window-all-closed",
      "activate",
      "before-quit",
      "will-quit",
      "quit",
      "web-contents-created",
    ]);
  }

  whenReady(): Promise<void> {
    return readiness;
  }

  enableSandbox(): void {
    if (isReady) throw new Error("app.enableSandbox() can only be called before app is ready");
    sandboxed = true;
  }

  quit(): void {
    if (quitting) return;
    quitting = true;
    this.emit("before-quit", new PreventableEvent());
    for (const window of [...windows]) forget(window);
    this.emit("will-quit", new PreventableEvent());
    this.emit("quit", new PreventableEvent(), 0);
    this.exit(0);
  }

  exit(code: number): void {
    void (chromium?.close() ?? Promise.resolve()).then(() => process.exit(code));
  }
}

export const app = new App();

/** Electron is ready only when its entry has been read to its end: one that waits for it at its top never is. */
export async function becomeReady(): Promise<void> {
  if (!sandboxed) throw new Error("the stand-in for Electron wants app.enableSandbox()");
  schemesAreFixed();
  chromium = await startChromium();
  const { browser } = chromium;
  browser.on("Fetch.requestPaused", (params) => void serve(params));
  browser.on("Target.targetCreated", ({ targetInfo }) => void judgeTarget(targetInfo as Fields));
  browser.on("Target.targetDestroyed", ({ targetId }) => {
    for (const window of windows) if (window.targetId() === targetId) forget(window);
  });
  await browser.send("Target.setDiscoverTargets", { discover: true });
  await browser.send("Fetch.enable", { patterns: [{ urlPattern: "*" }] });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => app.quit());
  process.send?.({ endpoint: chromium.endpoint });
  isReady = true;
  whenReady();
  app.emit("ready", new PreventableEvent());
}

export function theChromium(): Chromium {
  if (chromium === null || !isReady) throw new Error("cannot create BrowserWindow before app is ready");
  return chromium;
}

export function register(window: OpenWindow): void {
  windows.add(window);
}

export function openWindows(): readonly OpenWindow[] {
  return [...windows];
}

function forget(window: OpenWindow): void {
  if (!windows.delete(window)) return;
  window.webContents.gone();
  window.closed();
  if (windows.size > 0 || quitting) return;
  if (app.listenerCount("window-all-closed") === 0) app.quit();
  else app.emit("window-all-closed");
}

/** Every request of every page passes here; nothing goes to a network. */
async function serve({ requestId, frameId, resourceType, request }: Fields): Promise<void> {
  const { url, method } = request as { readonly url: string; readonly method: string };
  const send = (command: string, params: Fields): void => {
    // the page may be gone meanwhile
    theChromium()
      .browser.send(command, { requestId, ...params })
      .catch(() => undefined);
  };
  const contents = [...windows].find((window) => window.webContents.frame === frameId)?.webContents;
  if (resourceType === "Document" && contents !== undefined && !(await contents.mayNavigate(url))) {
    send("Fetch.failRequest", { errorReason: "Aborted" });
    return;
  }
  try {
    const response = await answer(url, method);
    if (response === null) {
      process.stderr.write(`stand-in: a request to ${url} would leave the application\n`);
      send("Fetch.failRequest", { errorReason: "BlockedByClient" });
      return;
    }
    send("Fetch.fulfillRequest", {
      responseCode: response.status,
      responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
      body: Buffer.from(await response.arrayBuffer()).toString("base64"),
    });
  } catch (error) {
    process.stderr.write(`stand-in: ${restore(url) ?? url}: ${String(error)}\n`);
    send("Fetch.failRequest", { errorReason: "Failed" });
  }
}

/** A page that a page opened: the opener's handler says whether it may be. */
async function judgeTarget({ targetId, type, openerId, url }: Fields): Promise<void> {
  if (type !== "page" || openerId === undefined) return;
  const opener = [...windows].find((window) => window.targetId() === openerId);
  if (opener?.webContents.mayOpen(String(url)) === true) throw new Error("the stand-in cannot open further windows");
  const { browser, page } = theChromium();
  try {
    // Another DevTools client has new pages wait for it. One that is closed meanwhile would hold up its opener for good.
    const { sessionId } = await browser.send("Target.attachToTarget", { targetId, flatten: true });
    await page(String(sessionId)).send("Runtime.runIfWaitingForDebugger");
    await browser.send("Target.closeTarget", { targetId });
  } catch {
    // it is gone already
  }
}
