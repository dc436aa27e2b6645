/**
 * A stand-in for the main process's part of the module `electron`: as much of it as the desktop door uses, with the same
 * rules about when and how, over a real Chromium. What it does not have is an error.
 */
import { app as theApp } from "./application.ts";
import { BrowserWindow as Window } from "./browser-window.ts";
import { MessageChannelMain as Channel } from "./message-ports.ts";
import { session as theSession } from "./permissions.ts";
import { protocol as theProtocol } from "./protocol.ts";
import { strict } from "./strict.ts";

export const app: typeof theApp = strict("app", theApp);
export const BrowserWindow: typeof Window = strict("BrowserWindow", Window);
export const MessageChannelMain: typeof Channel = strict("MessageChannelMain", Channel);
export const protocol = theProtocol;
export const session = theSession;
export const Menu = strict("Menu", {
  setApplicationMenu(menu: null): void {
    if (menu !== null) throw new Error("the stand-in for Electron draws no menus");
  },
});
export const dialog = strict("dialog", {
  showErrorBox(title: string, content: string): void {
    process.stderr.write(`${title}: ${content}\n`);
  },
});
