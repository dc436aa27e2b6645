/** Small choices of the user's that outlive the window. Storage may be switched off: then they last as long as it does. */
const prefix = "xdpw.";
const fallback = new Map<string, string>();

export function readSetting(name: string): string | null {
  try {
    return localStorage.getItem(prefix + name) ?? fallback.get(name) ?? null;
  } catch {
    return fallback.get(name) ?? null;
  }
}

/** Returns false where the text could not be kept, such as over the browser's quota. */
export function writeSetting(name: string, text: string): boolean {
  try {
    localStorage.setItem(prefix + name, text);
    fallback.delete(name);
    return true;
  } catch {
    fallback.set(name, text);
    return false;
  }
}

export function removeSetting(name: string): void {
  fallback.delete(name);
  try {
    localStorage.removeItem(prefix + name);
  } catch {
    // nothing was stored then
  }
}

/** another window wrote it, or took it away */
export function hearSetting(name: string, changed: () => void): void {
  addEventListener("storage", ({ key }) => {
    if (key === prefix + name) changed();
  });
}
