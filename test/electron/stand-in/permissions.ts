/** The session's permission handlers, asked once for each permission and handed to Chromium. Without one all is granted. */
import type { Chromium } from "./chromium.ts";
import { strict } from "./strict.ts";

type RequestHandler = (contents: null, permission: string, answer: (granted: boolean) => void) => void;
type CheckHandler = (contents: null, permission: string, origin: string) => boolean;

let requestHandler: RequestHandler | null = null;
let checkHandler: CheckHandler | null = null;

const defaultSession = strict("session.defaultSession", {
  setPermissionRequestHandler(handler: RequestHandler | null): void {
    requestHandler = handler;
  },
  setPermissionCheckHandler(handler: CheckHandler | null): void {
    checkHandler = handler;
  },
});

export const session = strict("session", { defaultSession });

/** Chromium's name and Electron's (https://www.electronjs.org/docs/latest/api/session#sessetpermissionrequesthandlerhandler) */
const permissions: readonly (readonly [{ readonly name: string; readonly [flag: string]: unknown }, string])[] = [
  [{ name: "geolocation" }, "geolocation"],
  [{ name: "notifications" }, "notifications"],
  [{ name: "camera" }, "media"],
  [{ name: "microphone" }, "media"],
  [{ name: "midi" }, "midi"],
  [{ name: "clipboard-read" }, "clipboard-read"],
  [{ name: "clipboard-write" }, "clipboard-sanitized-write"],
  [{ name: "idle-detection" }, "idle-detection"],
  [{ name: "window-management" }, "window-management"],
  [{ name: "local-fonts" }, "local-fonts"],
  [{ name: "keyboard-lock" }, "keyboardLock"],
  [{ name: "pointer-lock" }, "pointerLock"],
];

export async function applyPermissions(chromium: Chromium, origin: string): Promise<void> {
  for (const [permission, name] of permissions) {
    let granted = requestHandler === null;
    requestHandler?.(null, name, (answer) => {
      granted = answer;
    });
    if (checkHandler !== null && !checkHandler(null, name, origin)) granted = false;
    await chromium.browser.send("Browser.setPermission", {
      permission,
      setting: granted ? "granted" : "denied",
      origin,
    });
  }
}
