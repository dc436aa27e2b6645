/**
 * The desktop door: one window over app://workbench, sandboxed and isolated, with one MessagePort to a session.
 * Nothing navigates, nothing opens, nothing is permitted (https://www.electronjs.org/docs/latest/tutorial/security).
 */
import "vscode-jsonrpc/node";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { app, BrowserWindow, dialog, Menu, MessageChannelMain, protocol, session } from "electron";
import { rendererRoot } from "../paths.ts";
import { serveWindow } from "../server/serve-workbench.ts";
import { readStatic, securityHeaders } from "../server/static-files.ts";
import { createWorkbench, type Workbench } from "../workbench.ts";
import { messagePortPipe } from "./message-port-pipe.ts";

const scheme = "app";
const home = `${scheme}://workbench/`;

protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
app.enableSandbox();

app.on("web-contents-created", (_event, contents) => {
  contents.on("will-navigate", (event) => event.preventDefault());
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: "deny" }));
});

// Not awaited here: Electron is ready only after this module has been read to its end.
app
  .whenReady()
  .then(open)
  .catch((error: unknown) => {
    dialog.showErrorBox("XDP Workbench cannot start", error instanceof Error ? error.message : String(error));
    app.exit(1);
  });

function open(): void {
  // The window has a menu bar of its own, the same as in a browser.
  Menu.setApplicationMenu(null);
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(isPermitted(permission)),
  );
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => isPermitted(permission));
  protocol.handle(scheme, serveFile);

  const workbench = createWorkbench({ terminal: false });
  workbench.openForWindows();
  openWindow(workbench);
  app.on("activate", () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow(workbench);
  });
  app.on("window-all-closed", () => {
    void workbench.close().then(() => app.quit());
  });
}

/** Putting text on the clipboard at a click: the copy buttons. Nothing else, not even reading it. */
function isPermitted(permission: string): boolean {
  return permission === "clipboard-sanitized-write";
}

async function serveFile(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const file =
    url.host === "workbench" && request.method === "GET" ? await readStatic(rendererRoot(), url.pathname) : null;
  if (file === null) return new Response("no such file", { status: 404, headers: securityHeaders });
  return new Response(new Uint8Array(file.body), { headers: { ...securityHeaders, ...file.headers } });
}

function openWindow(bench: Workbench): void {
  const window = new BrowserWindow({
    width: 1600,
    height: 1000,
    minWidth: 900,
    minHeight: 600,
    title: "XDP Workbench",
    show: false,
    webPreferences: {
      preload: join(dirname(fileURLToPath(import.meta.url)), "preload.cjs"),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  window.once("ready-to-show", () => window.show());
  // Also after a reload: each page gets a port of its own, and the old one closes with its page.
  window.webContents.on("did-finish-load", () => {
    const { port1, port2 } = new MessageChannelMain();
    serveWindow(bench, messagePortPipe(port1), (what) => process.stderr.write(`${what}\n`));
    window.webContents.postMessage("xdpw-port", null, [port2]);
  });
  void window.loadURL(home);
}
