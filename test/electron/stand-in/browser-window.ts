/** A window: one page of the Chromium. It has no frame of its own here, so showing it is only remembered. */
import { app, openWindows, register, theChromium } from "./application.ts";
import { applyPermissions } from "./permissions.ts";
import { substitute } from "./protocol.ts";
import { knownOptions, StrictEmitter } from "./strict.ts";
import { WebContents } from "./web-contents.ts";

interface Options {
  readonly width?: number;
  readonly height?: number;
  readonly show?: boolean;
  readonly webPreferences?: Preferences;
}

interface Preferences {
  readonly preload?: string;
  readonly sandbox?: boolean;
  readonly contextIsolation?: boolean;
  readonly nodeIntegration?: boolean;
  readonly webSecurity?: boolean;
}

const knownWindowOptions = ["width", "height", "minWidth", "minHeight", "title", "show", "backgroundColor", "icon"];
const knownPreferences = ["preload", "sandbox", "contextIsolation", "nodeIntegration", "webSecurity", "spellcheck"];

export class BrowserWindow extends StrictEmitter {
  readonly webContents: WebContents;
  readonly #size: { readonly width: number; readonly height: number };
  #targetId = "";
  #destroyed = false;

  static getAllWindows(): readonly unknown[] {
    return openWindows();
  }

  constructor(options: Options) {
    super("BrowserWindow", ["ready-to-show", "closed"]);
    const { webPreferences = {} } = options;
    knownOptions("BrowserWindow", options, [...knownWindowOptions, "webPreferences"]);
    knownOptions("webPreferences", webPreferences, knownPreferences);
    requireSafe(webPreferences);
    theChromium();
    this.#size = { width: options.width ?? 800, height: options.height ?? 600 };
    this.webContents = new WebContents(webPreferences.preload ?? null);
    register({
      webContents: this.webContents,
      targetId: () => this.#targetId,
      closed: () => {
        this.#destroyed = true;
        this.emit("closed");
      },
    });
    app.emit("web-contents-created", {}, this.webContents);
    this.webContents.once("first-paint (stand-in)", () => this.emit("ready-to-show"));
  }

  async loadURL(url: string): Promise<void> {
    const chromium = theChromium();
    await applyPermissions(chromium, new URL(substitute(url)).origin);
    const { targetId } = await chromium.browser.send("Target.createTarget", { url: "about:blank", ...this.#size });
    this.#targetId = String(targetId);
    await this.webContents.adopt(chromium, this.#targetId);
    await this.webContents.navigate(url);
  }

  show(): void {
    if (this.#destroyed) throw new Error("Object has been destroyed");
    process.send?.({ shown: true });
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }
}

/** Electron would take less; this application may not (https://www.electronjs.org/docs/latest/tutorial/security). */
function requireSafe({ sandbox, contextIsolation, nodeIntegration, webSecurity }: Preferences): void {
  if (sandbox !== true) throw new Error("webPreferences.sandbox is not true");
  if (contextIsolation !== true) throw new Error("webPreferences.contextIsolation is not true");
  if (nodeIntegration !== false) throw new Error("webPreferences.nodeIntegration is not false");
  if (webSecurity !== true) throw new Error("webPreferences.webSecurity is not true");
}
