/**
 * All that the sandboxed page gets of Electron: one MessagePort, handed over once. The page never sees ipcRenderer.
 */
import { ipcRenderer } from "electron";

ipcRenderer.once("xdpw-port", (event) => {
  const [port] = event.ports;
  if (port === undefined) return;
  const hand = (): void =>
    window.postMessage("xdpw-port", window.location.origin === "null" ? "*" : window.location.origin, [port]);
  if (document.readyState === "complete") hand();
  else window.addEventListener("load", hand, { once: true });
});
