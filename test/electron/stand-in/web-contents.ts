/** One page: loads, navigates where the application lets it, runs the preload script, and takes ports. */
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { Chromium, Fields, Session } from "./chromium.ts";
import type { MessagePortMain } from "./message-ports.ts";
import { bindingName, type FromPage, preloadSource, reach, worldName } from "./preload-world.ts";
import { restore, substitute } from "./protocol.ts";
import { PreventableEvent, StrictEmitter } from "./strict.ts";

type OpenHandler = (details: { readonly url: string }) => { readonly action: "deny" | "allow" };

interface Transferred {
  readonly port: MessagePortMain;
  readonly context: number;
}

export class WebContents extends StrictEmitter {
  readonly #preload: string | null;
  readonly #transferred = new Map<number, Transferred>();
  readonly #wanted = new Set<string>();
  #session: Session | null = null;
  #frame = "";
  #context: number | null = null;
  #lastPort = 0;
  /** the window's first, blank page */
  #isEmpty = true;
  #openHandler: OpenHandler | null = null;

  constructor(preload: string | null) {
    super("webContents", [
      "did-finish-load",
      "did-navigate",
      "will-attach-webview",
      "will-navigate",
      "will-redirect",
      "destroyed",
      "first-paint (stand-in)",
    ]);
    this.#preload = preload;
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  postMessage(channel: string, message: unknown, ports: readonly MessagePortMain[] = []): void {
    const context = this.#context;
    if (context === null) throw new Error("there is no page with a preload script to post to");
    const ids = ports.map((port) => {
      const id = ++this.#lastPort;
      const kept = port.moveInto({
        post: (text) => this.#reachIn(context, "post", id, text),
        close: () => {
          this.#transferred.delete(id);
          this.#reachIn(context, "close", id);
        },
      });
      this.#transferred.set(id, { port: kept, context });
      return id;
    });
    this.#reachIn(context, "deliver", channel, message, ids);
  }

  /** for the stand-in: the page is there */
  async adopt(chromium: Chromium, targetId: string): Promise<void> {
    const { sessionId } = await chromium.browser.send("Target.attachToTarget", { targetId, flatten: true });
    const session = chromium.page(String(sessionId));
    this.#session = session;
    session.on("Page.frameNavigated", ({ frame }) => {
      const { id, url } = frame as Fields;
      if (id === this.#frame) this.#isEmpty = url === "about:blank";
    });
    session.on("Page.loadEventFired", () => {
      if (!this.#isEmpty) this.emit("did-finish-load");
    });
    session.on("Page.lifecycleEvent", ({ name, frameId }) => {
      if (name === "firstPaint" && !this.#isEmpty && frameId === this.#frame) this.emit("first-paint (stand-in)");
    });
    session.on("Page.frameRequestedNavigation", ({ frameId, url }) => {
      if (frameId === this.#frame) this.#wanted.add(withoutHash(String(url)));
    });
    session.on("Runtime.executionContextCreated", ({ context }) => this.#contextCreated(context as Fields));
    session.on("Runtime.executionContextDestroyed", ({ executionContextId }) =>
      this.#contextGone(Number(executionContextId)),
    );
    session.on("Runtime.executionContextsCleared", () => this.#contextGone(null));
    session.on("Runtime.bindingCalled", ({ name, payload }) => {
      if (name === bindingName) this.#fromPage(JSON.parse(String(payload)) as FromPage);
    });
    await session.send("Page.enable");
    const { frameTree } = await session.send("Page.getFrameTree");
    this.#frame = String((frameTree as { readonly frame: Fields }).frame["id"]);
    await session.send("Page.setLifecycleEventsEnabled", { enabled: true });
    await session.send("Runtime.enable");
    await session.send("Runtime.addBinding", { name: bindingName, executionContextName: worldName });
    if (this.#preload !== null) {
      const source = preloadSource(readFileSync(this.#preload, "utf8"));
      await session.send("Page.addScriptToEvaluateOnNewDocument", { source, worldName });
    }
  }

  /** for the stand-in */
  async navigate(url: string): Promise<void> {
    const { errorText } = (await this.#session?.send("Page.navigate", { url: substitute(url) })) ?? {};
    if (typeof errorText === "string") throw new Error(`load ${url}: ${errorText}`);
  }

  get frame(): string {
    return this.#frame;
  }

  /** for the stand-in: whether a document may be loaded into the main frame. Only the page's own wishes are asked about. */
  async mayNavigate(url: string): Promise<boolean> {
    // A page's wish is told by its renderer, its request by the browser: either may come first.
    for (let waited = 0; waited < 100 && !this.#wanted.has(withoutHash(url)); waited += 10) await setTimeout(10);
    if (!this.#wanted.delete(withoutHash(url))) return true;
    const event = new PreventableEvent({ url: restore(url) ?? url });
    this.emit("will-navigate", event);
    return !event.defaultPrevented;
  }

  /** for the stand-in: whether the page may open a window */
  mayOpen(url: string): boolean {
    return this.#openHandler === null || this.#openHandler({ url: restore(url) ?? url }).action === "allow";
  }

  /** for the stand-in: the page is gone */
  gone(): void {
    this.#contextGone(null);
    this.emit("destroyed");
  }

  #contextCreated(context: Fields): void {
    const { frameId } = (context["auxData"] ?? {}) as Fields;
    if (context["name"] === worldName && frameId === this.#frame) this.#context = Number(context["id"]);
  }

  /** A page's ports close with it. @param gone null for all contexts */
  #contextGone(gone: number | null): void {
    for (const [id, { port, context }] of this.#transferred) {
      if (gone !== null && context !== gone) continue;
      this.#transferred.delete(id);
      port.theOtherClosed();
    }
    if (gone === null || gone === this.#context) this.#context = null;
  }

  #fromPage({ port: id, data }: FromPage): void {
    const port = this.#transferred.get(id)?.port;
    if (data !== null) port?.arrive(data);
    else {
      this.#transferred.delete(id);
      port?.theOtherClosed();
    }
  }

  #reachIn(executionContextId: number, method: string, ...values: readonly unknown[]): void {
    const functionDeclaration = `function (...values) { ${reach}[${JSON.stringify(method)}](...values); }`;
    this.#session
      ?.send("Runtime.callFunctionOn", {
        functionDeclaration,
        executionContextId,
        arguments: values.map((value) => ({ value })),
      })
      .then(({ exceptionDetails }) => {
        if (exceptionDetails !== undefined) {
          process.stderr.write(`stand-in: the preload script threw: ${JSON.stringify(exceptionDetails)}\n`);
        }
      })
      // the page went away meanwhile: its port closes
      .catch(() => undefined);
  }
}

function withoutHash(url: string): string {
  return url.split("#", 1)[0] ?? url;
}
